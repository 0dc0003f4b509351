# distutils: language = c++
# cython: language_level = 3
"""The compiled half of what makes a framework's instances of its rows, as the framework makes them.

Attributes are set one after another, as the framework sets them, so that they stand in the same
order and in no more memory.
"""

from cpython.object cimport PyObject
from cpython.datetime cimport (
    PyDateTime_CheckExact,
    datetime_day,
    datetime_fold,
    datetime_hour,
    datetime_microsecond,
    datetime_minute,
    datetime_month,
    datetime_new,
    datetime_second,
    datetime_tzinfo,
    datetime_year,
    import_datetime,
)
from libc.math cimport fabs, rint, signbit
from libcpp cimport bool as cbool
from libcpp.vector cimport vector

from decimal import Decimal as _Decimal
from sys import intern

import_datetime()


cdef extern from "Python.h":
    ctypedef struct PyTypeObject:
        object (*tp_new)(PyTypeObject *, object, PyObject *)
    PyTypeObject PyBaseObject_Type
    object PyObject_GenericGetDict(object, void *)
    int PyObject_SetAttr(object, object, object) except -1
    object PyWeakref_NewRef(object, PyObject *)
    object PySequence_Fast(object, const char *)
    Py_ssize_t PySequence_Fast_GET_SIZE(object)
    PyObject *PySequence_Fast_GET_ITEM(object, Py_ssize_t)
    cbool PyFloat_CheckExact(object)
    cbool PyLong_CheckExact(object)
    cbool PyUnicode_CheckExact(object)
    double PyFloat_AS_DOUBLE(object)
    long long PyLong_AsLongLongAndOverflow(object, int *) except? -1


# How a column's value becomes an attribute.
cdef enum:
    SET = 0  # by whatever its class does with it
    PLAIN = 1  # the class has nothing to do with it
    KEY = 2  # of a relation, of which nothing is loaded

# How a value is converted.
cdef enum:
    CALLED = 0
    MOMENT = 1
    DECIMAL = 2
    TRUTH = 3

WAYS = {"SET": SET, "PLAIN": PLAIN, "KEY": KEY}
KINDS = {"CALLED": CALLED, "MOMENT": MOMENT, "DECIMAL": DECIMAL, "TRUTH": TRUTH}

cdef tuple _NOTHING = ()
# Below it, a double that is this near to a whole number is rounded to that.
cdef double _LARGEST = 1e10
cdef double _NEAR = 1e-4


cdef class Converter:
    """One function that converts the values at a position, or what does the same to usual ones."""

    cdef Py_ssize_t position
    cdef int _kind
    cdef object _call
    cdef object _expression
    cdef object _connection
    cdef object _zone
    cdef int _places
    cdef double _scale
    cdef double _beyond

    def __init__(
        self, position, call, expression, connection, kind=CALLED, *, zone=None, places=0, digits=0
    ):
        """`call` converts, with `expression` and `connection`; by its `kind` this may do the same.

        MOMENT: a naive datetime becomes one of `zone`, or stays as it is without. DECIMAL: a number
        becomes one with so many `places`, and `digits` at most. TRUTH: a bool stays as it is.
        """
        self.position, self._kind, self._call = position, kind, call
        self._expression, self._connection, self._zone = expression, connection, zone
        self._places = places
        self._scale = 10.0 ** places
        self._beyond = min(10.0 ** digits, _LARGEST)

    cdef object converted(self, object value):
        if self._kind != CALLED:
            if value is None:
                return None
            if self._kind == TRUTH:
                if value is True or value is False:
                    return value
            elif self._kind == DECIMAL:
                made = self._decimal(value)
                if made is not None:
                    return made
            else:
                made = self._moment(value)
                if made is not None:
                    return made
        return self._call(value, self._expression, self._connection)

    cdef object _decimal(self, object value):
        """Return the decimal; None where only the database's own function knows."""
        cdef double number, whole
        cdef long long integer
        cdef int overflow = 0
        if PyFloat_CheckExact(value):
            number = PyFloat_AS_DOUBLE(value)
            whole = rint(number * self._scale)
            # Zeros may have a sign. A number that is no number is not smaller than anything.
            if not fabs(number * self._scale - whole) < _NEAR:
                return None
            if whole == 0 and (number != 0 or signbit(number)):
                return None
        elif PyLong_CheckExact(value):
            integer = PyLong_AsLongLongAndOverflow(value, &overflow)
            if overflow or not -_LARGEST < integer < _LARGEST:
                return None
            whole = integer * self._scale
        else:
            return None
        if not fabs(whole) < self._beyond:
            return None
        return self._of_digits(<long long>whole)

    cdef object _of_digits(self, long long number):
        cdef char text[40]
        cdef int at = 40
        cdef int place = 0
        cdef long long left = -number if number < 0 else number
        while left or place <= self._places:
            if place == self._places and place:
                at -= 1
                text[at] = c'.'
            at -= 1
            text[at] = <char>(c'0' + left % 10)
            left //= 10
            place += 1
        if number < 0:
            at -= 1
            text[at] = c'-'
        return _Decimal(text[at:40].decode("ascii"))

    cdef object _moment(self, object value):
        """Return the moment with its zone; None where only the database's own function knows."""
        if not PyDateTime_CheckExact(value) or datetime_tzinfo(value) is not None:
            return None
        if self._zone is None:
            return value
        return datetime_new(
            datetime_year(value),
            datetime_month(value),
            datetime_day(value),
            datetime_hour(value),
            datetime_minute(value),
            datetime_second(value),
            datetime_microsecond(value),
            self._zone,
            datetime_fold(value),
        )


cdef class MomentLoader:
    """What reads a timestamptz of PostgreSQL's text, in front of a loader in Python."""

    cdef object _theirs
    cdef object _zone

    def __init__(self, theirs, zone):
        """Read moments of UTC in a usual form, and give them `zone`; `theirs` reads all others.

        It is called as a method.
        """
        self._theirs, self._zone = theirs, zone

    def load(self, data):
        """Return the moment that `data` says."""
        cdef const unsigned char[::1] text = data
        made = self._usual(text)
        return self._theirs(self, data) if made is None else made

    cdef object _usual(self, const unsigned char[::1] text):
        """Return the moment of 2026-03-04 05:06:07.123456+00, say; None of any other form."""
        cdef Py_ssize_t end = text.shape[0] - 3
        cdef Py_ssize_t at
        cdef int micros = 0
        cdef int scale = 100_000
        # Without a fraction, or with one of six digits at most.
        if not (end == 19 or 21 <= end <= 26):
            return None
        if not (text[end] == c"+" and text[end + 1] == c"0" and text[end + 2] == c"0"):
            return None
        if not (text[4] == c"-" and text[7] == c"-" and text[10] == c" "):
            return None
        if not (text[13] == c":" and text[16] == c":" and (end == 19 or text[19] == c".")):
            return None
        for at in range(20, end):
            if not c"0" <= text[at] <= c"9":
                return None
            micros += scale * (text[at] - c"0")
            scale //= 10
        try:
            return datetime_new(
                _two_digits(text, 0) * 100 + _two_digits(text, 2),
                _two_digits(text, 5),
                _two_digits(text, 8),
                _two_digits(text, 11),
                _two_digits(text, 14),
                _two_digits(text, 17),
                micros,
                self._zone,
            )
        except ValueError:
            return None


cdef int _two_digits(const unsigned char[::1] text, Py_ssize_t at) except -1:
    if not (c"0" <= text[at] <= c"9" and c"0" <= text[at + 1] <= c"9"):
        raise ValueError("they are no digits")
    return 10 * (text[at] - c"0") + text[at + 1] - c"0"


cdef class Maker:
    """Makes instances of one model, of what stands at certain positions of a row."""

    cdef object _model
    cdef object _state_class
    cdef tuple _names
    cdef vector[Py_ssize_t] _positions
    cdef vector[int] _ways
    cdef object _deferred
    cdef tuple _of_state
    cdef list _peers
    cdef tuple _related
    cdef cbool _is_fresh
    cdef readonly Py_ssize_t width

    def __init__(
        self,
        model,
        columns,
        state_class,
        of_state,
        deferred,
        *,
        list peers=None,
        tuple related=(),
    ):
        """`columns` are names, positions, and WAYS, in the order in which they are set.

        `of_state` is what the state of an instance is given, once its columns are there. A value
        that is `deferred` is not set. `peers` gets a weak reference to each instance.
        """
        if not isinstance(model, type):
            raise TypeError(f"{model!r} is no class")
        self._model, self._state_class, self._deferred = model, state_class, deferred
        self._names = tuple([name for name, _, _ in columns])
        self.width = 0
        self._is_fresh = True
        for _, position, way in columns:
            self._positions.push_back(position)
            self._ways.push_back(way)
            self._is_fresh = self._is_fresh and way != SET
            self.width = max(self.width, position + 1)
        self._of_state = tuple(of_state)
        self._peers, self._related = peers, related
        for one in related:
            self.width = max(self.width, (<Related?>one).maker.width)

    cdef object new_state(self):
        return self._state_class()

    cdef object make(self, object row, object state):
        """Return an instance of a row, which is a tuple or a list; `state` becomes its own."""
        cdef object made = PyBaseObject_Type.tp_new(<PyTypeObject *>self._model, _NOTHING, NULL)
        cdef object cached = None
        cdef object name, value
        cdef size_t place
        PyObject_SetAttr(made, "_state", state)
        for place in range(self._positions.size()):
            value = <object>PySequence_Fast_GET_ITEM(row, self._positions[place])
            if value is self._deferred:
                continue
            name = <object>self._names[place]
            if self._ways[place] != KEY or not self._is_fresh or not is_usual_key(value):
                PyObject_SetAttr(made, name, value)
                continue
            # What ForeignKeyDeferredAttribute does where nothing of the relation is loaded.
            if value is not None and cached is None:
                cached = {}
                PyObject_SetAttr(state, "fields_cache", cached)
            (<dict?>PyObject_GenericGetDict(made, NULL))[name] = value
        for name, value in self._of_state:
            PyObject_SetAttr(state, name, value)
        if self._peers is not None:
            self._peers.append(PyWeakref_NewRef(made, NULL))
            PyObject_SetAttr(state, "peers", self._peers)
        for one in self._related:
            (<Related>one).populate(row, made, state)
        return made


cdef cbool is_usual_key(object value):
    """Whether the comparison of a value with None, and then nothing, tells that it is another."""
    return value is None or PyLong_CheckExact(value) or PyUnicode_CheckExact(value)


cdef class Related:
    """What makes the instance that is read beside another, and has each lead to the other."""

    cdef Maker maker
    cdef Py_ssize_t _key
    cdef object _local
    cdef object _local_name
    cdef object _remote
    cdef object _remote_name

    def __init__(self, Maker maker not None, key, local, local_name, remote, remote_name):
        """Where the column at `key` is null there is none.

        `local` and `remote` are called for both, if they have no name in their cache.
        """
        self.maker, self._key = maker, key
        self._local, self._local_name = local, local_name
        self._remote, self._remote_name = remote, remote_name

    cdef populate(self, object row, object origin, object of_origin):
        cdef object made = None
        cdef object state = None
        if <object>PySequence_Fast_GET_ITEM(row, self._key) is not None:
            state = self.maker.new_state()
            made = self.maker.make(row, state)
        if self._local_name is None:
            self._local(origin, made)
        else:
            of_origin.fields_cache[self._local_name] = made
        if made is None:
            return
        if self._remote_name is None:
            self._remote(made, origin)
        else:
            state.fields_cache[self._remote_name] = origin


cdef class Instances:
    """The instances of all rows, one after another."""

    cdef object _rows
    cdef tuple _converters
    cdef Maker _maker
    cdef tuple _annotations
    cdef object _relate
    cdef Py_ssize_t _width

    def __init__(self, rows, converters, Maker maker not None, annotations, relate):
        """`rows` yields sequences, whose values the `converters` convert in their order.

        `annotations` are names and positions of further attributes. `relate` is called with each
        instance, unless it is None.
        """
        self._rows, self._converters, self._maker = iter(rows), tuple(converters), maker
        for one in self._converters:
            if not isinstance(one, Converter):
                raise TypeError(f"{one!r} is no Converter")
        self._annotations = tuple((intern(name), position) for name, position in annotations)
        self._relate = relate
        self._width = maker.width
        for _, position in self._annotations:
            self._width = max(self._width, position + 1)
        for one in self._converters:
            self._width = max(self._width, (<Converter>one).position + 1)

    def __iter__(self):
        return self

    def __next__(self):
        cdef object row = next(self._rows)
        cdef object made, name
        cdef Py_ssize_t position
        row = list(row) if self._converters else PySequence_Fast(row, "a row is no sequence")
        if PySequence_Fast_GET_SIZE(row) < self._width:
            raise IndexError(f"A row has {len(row)} values, not {self._width}")
        for one in self._converters:
            position = (<Converter>one).position
            (<list>row)[position] = (<Converter>one).converted((<list>row)[position])
        made = self._maker.make(row, self._maker.new_state())
        for name, position in self._annotations:
            PyObject_SetAttr(made, name, <object>PySequence_Fast_GET_ITEM(row, position))
        if self._relate is not None:
            self._relate(made)
        return made
