# distutils: language = c++
# cython: language_level = 3
"""The compiled half of what writes Python's objects as JSON: members of rows, and any value.

A value that nobody can change is written as soon as it is there. Any other leaves a hole, which is
filled when all is written: JSON is made of such values at the time of rendering, as they are then.
"""

from cpython.object cimport PyObject
from cpython.ref cimport Py_DECREF
from libc.stddef cimport size_t
from libcpp cimport bool as cbool
from libcpp.vector cimport vector

from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo


cdef extern from "Python.h":
    PyObject *_attribute "PyObject_GetAttr"(object, object)  # NULL if it raises
    cbool PyUnicode_Check(object)
    cbool PyUnicode_CheckExact(object)
    cbool PyLong_Check(object)
    cbool PyLong_CheckExact(object)
    cbool PyFloat_Check(object)
    cbool PyFloat_CheckExact(object)
    cbool PyList_Check(object)
    cbool PyTuple_Check(object)
    cbool PyDict_Check(object)
    cbool PyCallable_Check(object)
    double PyFloat_AS_DOUBLE(object)
    Py_ssize_t PyDict_Size(object) except -1
    list PyMapping_Items(object)


cdef extern from "growing.hpp" namespace "rowpath":
    cdef cppclass Growing:
        char *room(size_t) except +
        void append(const char *, size_t) except +
        void cut_to(size_t)
        const char *data()
        size_t size()


cdef extern from "objects.hpp" namespace "rowpath":
    cbool write_str(object, cbool, Growing &) except +
    cbool write_int(object, Growing &) except +
    cbool write_double(double, Growing &) except +
    cbool is_fixed_decimal(object, int, int)
    void write_civil_date(object, Growing &) except +
    void write_civil_time(object, Growing &) except +
    void write_moment(object, Growing &) except +
    void write_uuid_bytes(const char *, Growing &) except +


# How a member's value becomes JSON: objects.py has the same names.
cdef enum:
    AS_IT_IS = 0
    TEXT = 1
    WHOLE = 2
    REAL = 3
    TRUTH = 4
    DECIMAL = 5
    DATE = 6
    TIME = 7
    MOMENT = 8
    IDENTIFIER = 9
    KEY = 10
    METHOD = 11
    CHOICE = 12
    ROW = 13
    ROWS = 14
    CALLED = 15

KINDS = {
    "AS_IT_IS": AS_IT_IS,
    "TEXT": TEXT,
    "WHOLE": WHOLE,
    "REAL": REAL,
    "TRUTH": TRUTH,
    "DECIMAL": DECIMAL,
    "DATE": DATE,
    "TIME": TIME,
    "MOMENT": MOMENT,
    "IDENTIFIER": IDENTIFIER,
    "KEY": KEY,
    "METHOD": METHOD,
    "CHOICE": CHOICE,
    "ROW": ROW,
    "ROWS": ROWS,
    "CALLED": CALLED,
}

# Deeper ones are left to the renderer, as are those without an end.
cdef int _DEEPEST = 100
# Rows within rows that are deeper are left to their serializer, and so to Python's own limit.
cdef int _DEEPEST_ROW = 40

cdef str _FIELDS = "fields"
cdef str _WRITE_ONLY = "write_only"
cdef str _CHOICES = "choice_strings_to_values"
cdef str _INT = "int"
# Types of values that tell the same whenever they are asked.
cdef set _ALWAYS_THE_SAME = {date, datetime, time, timedelta, Decimal, UUID}
cdef object _UTC = timezone.utc
cdef object _UTC_BY_NAME = ZoneInfo("UTC")


cdef class Mark:
    """What stands in a tape between values."""

    cdef str name

    def __init__(self, str name):
        self.name = name

    def __repr__(self):
        return self.name


SKIPPED = Mark("SKIPPED")
RAW = Mark("RAW")
DATA = Mark("DATA")
LIST = Mark("LIST")
END = Mark("END")
cdef object _SKIPPED = SKIPPED
cdef object _RAW = RAW
cdef object _DATA = DATA
cdef object _LIST = LIST
cdef object _END = END


cdef int _pending() except -1:
    return -1  # for what has set an error already


cdef class Rows


cdef class Member:
    """One key of a row: see objects.py."""

    cdef readonly object field
    cdef readonly object name
    cdef readonly int kind
    cdef readonly object write
    cdef bytes first
    cdef bytes later
    cdef str attribute
    cdef str method
    cdef object read
    cdef object found
    cdef object failed
    cdef object rows_in
    cdef object make_rows
    cdef object serializer
    cdef Rows rows
    cdef object zone
    cdef int places
    cdef int longest

    def __init__(self, described):
        self.field = described.field
        self.name = described.name
        self.kind = described.kind
        self.write = described.write
        self.first = b"{" + described.key
        self.later = described.comma + described.key
        self.attribute = described.attribute
        self.method = described.method
        self.read = described.read
        self.found = described.found
        self.failed = described.failed
        self.rows_in = described.rows_in
        self.make_rows = described.make_rows
        self.serializer = described.serializer
        self.rows = None
        self.zone = described.zone
        self.places = described.places
        self.longest = described.longest


cdef class Program:
    """The members of rows of one class."""

    cdef readonly tuple members

    def __init__(self, described):
        self.members = tuple([Member(one) for one in described])


cdef class Rows:
    """How the rows of one serializer are written: see objects.py."""

    cdef readonly object serializer
    cdef readonly object theirs
    cdef object programs
    cdef dict made
    cdef object instead
    cdef object holds
    cdef object known_class
    cdef Program known
    cdef readonly bint is_by_drf

    def __init__(self, serializer, theirs, programs, made, instead=None, holds=None, is_by_drf=False):
        self.serializer = serializer
        self.theirs = theirs
        self.programs = programs
        self.made = made
        self.instead = instead
        self.holds = holds
        self.known_class = None
        self.is_by_drf = is_by_drf
        self.known = None

    cdef Program program(self, row_class):
        if self.programs is None:
            return None
        try:
            if self.holds is not None and not self.holds():
                return None
            if row_class is not self.known_class:
                self.known = self.programs(row_class)
                self.known_class = row_class
        except Exception:  # none of the project's code is asked
            return None
        return self.known


cdef class Drfs:
    """What is the framework's: see objects.py."""

    cdef object skip
    cdef object unread
    cdef object is_ours
    cdef object add_rest
    cdef object restored

    def __init__(self, skip, unread, is_ours, add_rest, restored):
        self.skip = skip
        self.unread = unread
        self.is_ours = is_ours
        self.add_rest = add_rest
        self.restored = restored


cdef class Array:
    """A JSON array of rows, with holes where values stand that may still change.

    `tape` has the values of the members in their order, of which the rows' data can be made.
    """

    cdef Growing out
    cdef vector[size_t] places
    cdef list holes
    cdef readonly list tape
    cdef Drfs drfs
    cdef object serializer
    cdef cbool ascii_only
    cdef bytes comma
    cdef bytes colon
    cdef int depth
    cdef Rows rows
    cdef readonly bint has_used

    def __init__(self, Drfs drfs, serializer, *, ascii_only, comma, colon):
        self.drfs = drfs
        self.serializer = serializer
        self.ascii_only = ascii_only
        self.comma = comma
        self.colon = colon
        self.depth = 0
        self.has_used = False
        self.holes = []
        self.tape = []
        self.rows = None
        self.put(b"[")

    def add(self, rows, make_rows):
        """Write `rows` behind those before, as `make_rows()` says, asked once there is a row.

        Raises what the project's code raises.
        """
        for row in rows:
            if self.rows is None:
                self.rows = self.made(make_rows, self.serializer)
            else:
                self.put(self.comma)
            self.row(self.rows, row)

    def end(self):
        """Write that no row follows."""
        self.put(b"]")

    def take(self, default, dumped):
        """Return what was written since the last time; None if a value of it may still change.

        No data can be made any more of what was returned.
        """
        for value in self.holes:
            if type(value) not in _ALWAYS_THE_SAME:
                return None
        written = self.written(default, dumped)
        self.out.cut_to(0)
        self.places.clear()
        del self.holes[:]
        del self.tape[:]
        return written

    def written(self, default, dumped, *, is_last_chance=False):
        """Return all as JSON; None for what the renderer has to write, or to refuse.

        `default` makes of a value that JSON has not another one. What it was made of may be used
        up by that, an iterator say, as `has_used` tells from then on. So the renderer can write
        nothing any more, and `dumped` makes JSON of what it would have had to. So it does
        if it `is_last_chance`.
        """
        cdef Growing whole
        cdef size_t done = 0
        cdef size_t hole
        cdef size_t index
        if is_last_chance:
            self.has_used = True
        if self.places.empty():
            return self.out.data()[:self.out.size()]
        whole.room(self.out.size())
        for index in range(self.places.size()):
            hole = self.places[index]
            whole.append(self.out.data() + done, hole - done)
            done = hole
            if not self.any_value(self.holes[index], default, dumped, whole, 0):
                return None
        whole.append(self.out.data() + done, self.out.size() - done)
        return whole.data()[:whole.size()]

    cdef int put(self, bytes text) except -1:
        self.out.append(<const char *>text, len(text))
        return 0

    cdef Rows made(self, make_rows, serializer):
        """Return what `make_rows` makes, or what has `serializer` represent its own rows."""
        try:
            return make_rows()
        except Exception as error:
            if not self.drfs.is_ours(error, _FIELDS):
                raise
        return Rows(serializer, serializer.to_representation, None, {}, is_by_drf=True)

    cdef int row(self, Rows rows, row) except -1:
        if self.depth >= _DEEPEST_ROW:
            return self.data(rows.theirs(row))
        self.depth += 1
        try:
            return self.members(rows, row)
        finally:
            self.depth -= 1

    cdef int members(self, Rows rows, row) except -1:
        cdef Program program
        cdef size_t start = self.out.size()
        cdef size_t holes = self.places.size()
        cdef Py_ssize_t begin = len(self.tape)
        if rows.instead is not None and _FIELDS in rows.made:
            rows = self.made(rows.instead, rows.serializer)
        program = rows.program(type(row))
        if program is None:
            return self.data(rows.theirs(row))
        self.tape.append(program)
        cdef Member member = None
        cdef Py_ssize_t at = begin + 1
        cdef cbool is_first = True
        value = self.drfs.unread
        try:
            for found in program.members:
                member = <Member>found
                at = len(self.tape)
                value = self.drfs.unread
                if _FIELDS in rows.made:
                    break
                if getattr(member.field, _WRITE_ONLY):
                    self.tape.append(_SKIPPED)
                    continue
                value = self.read(member, row)
                if value is _SKIPPED:
                    self.tape.append(_SKIPPED)
                    continue
                self.put(member.first if is_first else member.later)
                is_first = False
                self.value_of(rows, member, value)
            else:
                return self.put(b"{}" if is_first else b"}")
        except Exception as error:
            if not self.drfs.is_ours(error, member.name) or hasattr(value, "__next__"):
                raise  # what is left of an iterator would be other rows
        del self.tape[at:]
        data = self.drfs.restored(self.tape, begin)
        self.drfs.add_rest(rows.serializer, member.name, row, data, value)
        self.out.cut_to(start)
        self.places.resize(holes)
        del self.holes[holes:]
        del self.tape[begin:]
        return self.data(data)

    cdef int data(self, data) except -1:
        self.tape.append(_DATA)
        self.tape.append(data)
        return self.value(data)

    cdef object read(self, Member member, row):
        """Return what a member reads of `row`, or SKIPPED."""
        cdef PyObject *read
        if member.attribute is None:
            if member.read is None:
                return row
            try:
                return member.read(row)
            except self.drfs.skip:
                return _SKIPPED
        read = _attribute(row, member.attribute)
        if read == NULL:
            return self.read_failed(member, row)
        value = <object>read
        Py_DECREF(value)
        if member.kind == KEY:
            kind = type(value)
            if kind is int or kind is str or kind is UUID or value is None:
                return value
        elif not PyCallable_Check(value):
            return value
        try:
            return member.found(row, value)
        except self.drfs.skip:
            return _SKIPPED

    cdef object read_failed(self, Member member, row):
        failure = None
        try:
            _pending()
        except self.drfs.skip:
            return _SKIPPED
        except Exception as error:
            failure = error
        try:
            return member.failed(row, failure)
        except self.drfs.skip:
            return _SKIPPED
        finally:
            failure = None  # which leads to this frame

    cdef int value_of(self, Rows rows, Member member, value) except -1:
        """Write `value`, which `member` has read."""
        cdef int kind = member.kind
        cdef PyObject *found
        if value is None:
            self.tape.append(None)
            return self.put(b"null")
        if kind == TEXT:
            if PyUnicode_CheckExact(value):
                self.tape.append(value)
                return self.text(value)
        elif kind == WHOLE or kind == KEY:
            if PyLong_CheckExact(value) or kind == KEY and type(value) in (str, UUID):
                self.tape.append(value)
                return self.value(value)
        elif kind == METHOD:
            called = getattr(rows.serializer, member.method)(value)
            self.tape.append(called)
            return self.value(called)
        elif kind == AS_IT_IS:
            if self.plain(value, self.out):
                self.tape.append(value)
                return 0
        elif kind == DECIMAL:
            if type(value) is Decimal:
                text = str(value)
                if is_fixed_decimal(text, member.places, member.longest):
                    self.tape.append(text)
                    return self.text(text)
        elif kind == TRUTH:
            if value is True or value is False:
                self.tape.append(value)
                return self.value(value)
        elif kind == REAL:
            if PyFloat_CheckExact(value):
                self.tape.append(value)
                return self.value(value)
        elif kind == MOMENT:
            if type(value) is datetime and _is_utc(value.tzinfo) and _is_utc(member.zone()):
                write_moment(value, self.out)
                return self.raw(value)
        elif kind == DATE:
            if type(value) is date:
                write_civil_date(value, self.out)
                return self.raw(value)
        elif kind == TIME:
            if type(value) is time and value.tzinfo is None:
                write_civil_time(value, self.out)
                return self.raw(value)
        elif kind == IDENTIFIER:
            if type(value) is UUID:
                self.identifier(value)
                return self.raw(value)
        elif kind == CHOICE:
            if PyUnicode_CheckExact(value):
                if value:
                    choices = getattr(member.field, _CHOICES)
                    value = choices.get(value, value)
                self.tape.append(value)
                return self.value(value)
        elif kind == ROW:
            return self.row(self.rows_of(member), value)
        elif kind == ROWS:
            return self.many(member, value)
        made = member.write(value)
        self.tape.append(made)
        return self.value(made)

    cdef int many(self, Member member, value) except -1:
        """Write the rows of a relation."""
        cdef cbool is_first = True
        rows = member.rows_in(value)
        self.tape.append(_LIST)
        self.put(b"[")
        for row in rows:
            if not is_first:
                self.put(self.comma)
            is_first = False
            self.row(self.rows_of(member), row)
        self.tape.append(_END)
        return self.put(b"]")

    cdef Rows rows_of(self, Member member):
        """Return what writes rows within a row, for which there has to be one."""
        if member.rows is None:
            member.rows = self.made(member.make_rows, member.serializer)
        return member.rows

    cdef int raw(self, value) except -1:
        self.tape.append(_RAW)
        self.tape.append(value)
        return 0

    cdef int value(self, value) except -1:
        """Write `value` if nobody can change it, or else leave a hole."""
        if self.plain(value, self.out):
            return 0
        self.places.push_back(self.out.size())
        self.holes.append(value)
        return 0

    cdef int text(self, value) except -1:
        return 0 if write_str(value, self.ascii_only, self.out) else self.value(value)

    cdef int identifier(self, value) except -1:
        cdef bytes sixteen = getattr(value, _INT).to_bytes(16, "big")
        write_uuid_bytes(<const char *>sixteen, self.out)
        return 0

    cdef int plain(self, value, Growing &out) except -1:
        """Write a value that is what it is for ever; return False for any other."""
        if value is None:
            out.append(b"null", 4)
        elif value is True:
            out.append(b"true", 4)
        elif value is False:
            out.append(b"false", 5)
        elif PyUnicode_Check(value):
            return write_str(value, self.ascii_only, out)
        elif PyLong_Check(value):
            return write_int(value, out)
        elif PyFloat_Check(value):
            return write_double(PyFloat_AS_DOUBLE(value), out)
        else:
            return False
        return True

    cdef int any_value(self, value, default, dumped, Growing &out, int depth) except -1:
        """Write `value` as the renderer does; return False for what is left to that."""
        if self.plain(value, out):
            return True
        if depth > _DEEPEST or PyUnicode_Check(value) or PyFloat_Check(value):
            return self.left(value, dumped, out)
        if PyLong_Check(value):
            return self.long_int(value, out)
        if PyDict_Check(value):
            return self.mapping(value, default, dumped, out, depth)
        if PyList_Check(value) or PyTuple_Check(value):
            return self.sequence(value, default, dumped, out, depth)
        made = default(value)
        self.use(value)
        return self.any_value(made, default, dumped, out, depth + 1)

    cdef int use(self, value) except -1:
        """Record that what cannot be asked twice, perhaps, has told what is in it."""
        if type(value) not in _ALWAYS_THE_SAME:
            self.has_used = True
        return 0

    cdef int left(self, value, dumped, Growing &out) except -1:
        """Return False for what is left to the renderer, unless that comes too late."""
        cdef bytes text
        if not self.has_used:
            return False
        text = dumped(value)
        out.append(<const char *>text, len(text))
        return True

    cdef int long_int(self, value, Growing &out) except -1:
        cdef bytes digits = int.__repr__(value).encode()
        out.append(<const char *>digits, len(digits))
        return True

    cdef int sequence(self, values, default, dumped, Growing &out, int depth) except -1:
        cdef cbool is_first = True
        if type(values) is not list and type(values) is not tuple:
            self.use(values)
            values = list(values)
        out.append(b"[", 1)
        for value in values:
            if not is_first:
                out.append(<const char *>self.comma, len(self.comma))
            is_first = False
            if not self.any_value(value, default, dumped, out, depth + 1):
                return False
        out.append(b"]", 1)
        return True

    cdef int mapping(self, values, default, dumped, Growing &out, int depth) except -1:
        cdef cbool is_first = True
        if type(values) is not dict:
            self.use(values)
        out.append(b"{", 1)
        for key, value in PyMapping_Items(values) if PyDict_Size(values) > 0 else ():
            if not is_first:
                out.append(<const char *>self.comma, len(self.comma))
            is_first = False
            if not self.key(key, dumped, out):
                return False
            out.append(<const char *>self.colon, len(self.colon))
            if not self.any_value(value, default, dumped, out, depth + 1):
                return False
        out.append(b"}", 1)
        return True

    cdef int key(self, key, dumped, Growing &out) except -1:
        cdef cbool is_written
        if PyUnicode_Check(key):
            return write_str(key, self.ascii_only, out) or self.left(key, dumped, out)
        if not (key is None or PyLong_Check(key) or PyFloat_Check(key)):
            return self.left({key: None}, dumped, out)  # which is refused
        out.append(b'"', 1)
        is_written = self.plain(key, out) or PyLong_Check(key) and self.long_int(key, out)
        is_written = is_written or self.left(key, dumped, out)
        out.append(b'"', 1)
        return is_written


cdef cbool _is_utc(zone) noexcept:
    return zone is _UTC or zone is _UTC_BY_NAME
