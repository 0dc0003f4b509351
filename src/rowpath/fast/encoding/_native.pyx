# distutils: language = c++
# cython: language_level = 3
"""The compiled half of the encoder: what native/*.hpp does, for Python.

A result is a PGresult's address, which must be alive for the length of the call.
"""

from cpython.object cimport PyObject
from cpython.ref cimport Py_XDECREF
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, int64_t, uint32_t, uintptr_t
from libc.string cimport memcpy
from libcpp cimport bool as cbool
from libcpp.memory cimport unique_ptr
from libcpp.string cimport string
from libcpp.utility cimport move
from libcpp.vector cimport vector

from rowpath.fast.encoding.errors import CannotEncodeError

# What a list gets at first: enough for a few short rows, and no more than is cheap to be wrong about.
cdef size_t _LEAST_ROOM = 1024
cdef size_t _MOST_GUESSED = 4 << 20

cdef extern from "Python.h":
    # As pointers: bytes that grow must have no other owner.
    PyObject *PyBytes_FromStringAndSize(const char *, Py_ssize_t) except NULL
    int _PyBytes_Resize(PyObject **, Py_ssize_t) except -1
    char *PyBytes_AS_STRING(PyObject *)


cdef extern from "output.hpp" namespace "rowpath" nogil:
    cdef cppclass Output:
        void move_to(char *, size_t)
        void ends_at(char *)
        void cut_to(size_t)
        size_t size()


cdef extern from "style.hpp" namespace "rowpath" nogil:
    cdef cppclass Style:
        cbool ascii_only
        cbool is_compact


cdef extern from "zones.hpp" namespace "rowpath" nogil:
    cdef cppclass Span:
        int64_t start
        int64_t end
        int32_t offset

    cdef cppclass Zone:
        Zone() except +
        Zone(int32_t) except +
        void publish(int64_t, vector[Span]) except +

    cdef cppclass Unlearned:
        int zone
        int64_t window

    const int64_t kFirstSecond
    const int64_t kLastSecond
    const int64_t kWindowSeconds


ctypedef int (*OfResult)(const void *) noexcept nogil
ctypedef int (*OfColumn)(const void *, int) noexcept nogil
ctypedef unsigned (*TypeOfColumn)(const void *, int) noexcept nogil
ctypedef int (*OfCell)(const void *, int, int) noexcept nogil
ctypedef char *(*BytesOfCell)(const void *, int, int) noexcept nogil


cdef extern from "libpq.hpp" namespace "rowpath" nogil:
    cdef cppclass Cell:
        const unsigned char *bytes
        size_t size

    cdef cppclass Functions "rowpath::Libpq":
        OfResult ntuples
        OfResult nfields
        TypeOfColumn ftype
        OfColumn fformat
        BytesOfCell getvalue
        OfCell getlength
        OfCell getisnull


cdef extern from "program.hpp" namespace "rowpath" nogil:
    cdef cppclass Writer:
        int number
        int digits
        uint32_t item_type
        Writer *add_item() except +

    cdef enum class CppAbsent "rowpath::Absent":
        null
        default_
        left_out
        falls_back

    cdef cppclass Guard:
        int column
        CppAbsent absent

    cdef cppclass Member:
        vector[Guard] guards
        string default_
        int position
        int column
        int list
        cbool is_flat
        Writer writer
        vector[Member] members
        void set_prefix(string) except +

    cdef cppclass CppProgram "rowpath::Program":
        Style style
        vector[Member] members

    cdef cppclass Encoding:
        Style style
        Output out
        void add_zone(const Zone *) except +
        void add_prefix(const string &) except +
        void add_link(const string &, const string &, const string &) except +
        void add_list(const Functions &, const void *, int) except +
        void clear_lists "lists.clear"()


cdef extern from "writers.hpp" namespace "rowpath" nogil:
    cbool choose_writer(Writer &, const string &)


cdef extern from "rows.hpp" namespace "rowpath" nogil:
    cdef cppclass Rows:
        int start
        int step
        int count

    cdef enum class Outcome:
        written
        refused
        unlearned
        full
        out_of_memory

    cdef cppclass Run:
        Run(const Functions &, const void *, Rows, const CppProgram &, Encoding &) except +
        Outcome write()
        int row()
        int member()
        const char *reason
        Unlearned unlearned
        size_t wanted


cdef dict _ABSENT = {
    "NULL": <int>CppAbsent.null,
    "DEFAULT": <int>CppAbsent.default_,
    "LEFT_OUT": <int>CppAbsent.left_out,
    "FALLS_BACK": <int>CppAbsent.falls_back,
}


cdef const void *_pointer(address):
    return <const void *><uintptr_t>address


cdef class Libpq:
    """The functions of a libpq, by their names and addresses."""

    cdef Functions functions

    def __init__(self, addresses):
        self.functions.ntuples = <OfResult>_pointer(addresses["PQntuples"])
        self.functions.nfields = <OfResult>_pointer(addresses["PQnfields"])
        self.functions.ftype = <TypeOfColumn>_pointer(addresses["PQftype"])
        self.functions.fformat = <OfColumn>_pointer(addresses["PQfformat"])
        self.functions.getvalue = <BytesOfCell>_pointer(addresses["PQgetvalue"])
        self.functions.getlength = <OfCell>_pointer(addresses["PQgetlength"])
        self.functions.getisnull = <OfCell>_pointer(addresses["PQgetisnull"])

    def types(self, result):
        """Return the OID of each column's type, and 0 for a column that is not in binary."""
        cdef const void *at = _pointer(result)
        cdef int column
        return tuple([
            self.functions.ftype(at, column) if self.functions.fformat(at, column) == 1 else 0
            for column in range(self.functions.nfields(at))
        ])

    def rows(self, result):
        """Return how many rows there are."""
        return self.functions.ntuples(_pointer(result))

    def values(self, result, int column):
        """Return the different values of a column as bytes, in the order in which they come.

        Nulls are left out.
        """
        cdef const void *at = _pointer(result)
        cdef dict found = {}
        cdef int row
        for row in range(self.functions.ntuples(at)):
            if self.functions.getisnull(at, row, column) == 0:
                size = self.functions.getlength(at, row, column)
                found[self.functions.getvalue(at, row, column)[:size]] = None
        return list(found)


cdef class Offsets:
    """A zone's offsets from UTC: a fixed one, or those that were learned so far."""

    cdef unique_ptr[Zone] zone

    def __init__(self, fixed=None):
        if fixed is None:
            self.zone.reset(new Zone())
        else:
            self.zone.reset(new Zone(<int32_t>fixed))

    cdef learn(self, int64_t window, spans):
        """Ask `spans(start, end)` for all of a window, and keep what it says."""
        cdef vector[Span] learned
        cdef Span span
        cdef int64_t start = kFirstSecond + window * kWindowSeconds
        cdef int64_t end = min(start + kWindowSeconds, kLastSecond + 1)
        for span.start, span.end, span.offset in spans(start, end):
            if span.start != start or span.end <= start:
                raise ValueError(f"a span from {span.start} to {span.end} does not follow {start}")
            learned.push_back(span)
            start = span.end
        if start != end:
            raise ValueError(f"the spans end at {start}, not at {end}")
        self.zone.get().publish(window, move(learned))


cdef class Program:
    """Members whose writers are known, ready for any number of results. See layout.py."""

    cdef CppProgram program
    cdef list keys
    cdef double bytes_of_a_row

    def __init__(self, members, *, ascii_only, compact):
        self.program.style.ascii_only = ascii_only
        self.program.style.is_compact = compact
        self.keys = []
        self.bytes_of_a_row = 0
        self._fill_members(&self.program.members, members)

    cdef _fill_members(self, vector[Member] *members, described):
        members.resize(len(described))
        for i, description in enumerate(described):
            self._fill_member(&members[0][<size_t>i], description)

    cdef _fill_member(self, Member *member, described):
        cdef Guard guard
        member.set_prefix(described.prefix)
        for column, absent in described.guards:
            guard.column = column
            guard.absent = <CppAbsent><int>_ABSENT[absent.name]
            member.guards.push_back(guard)
        member.default_ = described.default
        member.position = len(self.keys)
        self.keys.append(described.key)
        if described.list >= 0:
            member.column = described.column
            member.list = described.list
            member.is_flat = described.is_flat
            self._fill_members(&member.members, described.members)
        elif described.writer is None:
            self._fill_members(&member.members, described.members)
        else:
            member.column = described.column
            _fill_writer(&member.writer, described.writer)


cdef class Writing:
    """JSON that grows by the rows of one result after another, in the bytes that it ends as.

    Each zone comes with a function that tells the spans of its offsets from one second to another;
    see zones.py.
    """

    cdef Program program
    cdef Libpq libpq
    cdef list zones
    cdef Encoding encoding
    cdef PyObject *bytes
    cdef size_t capacity
    cdef int64_t rows
    cdef cbool is_broken

    def __cinit__(self):
        self.bytes = NULL
        self.capacity = 0
        self.rows = 0
        self.is_broken = False

    def __dealloc__(self):
        Py_XDECREF(self.bytes)

    def __init__(self, Program program, Libpq libpq, zones, prefixes, links):
        cdef Offsets offsets
        self.program = program
        self.libpq = libpq
        self.zones = zones
        self.encoding.style = program.program.style
        for offsets, _ in zones:
            self.encoding.add_zone(offsets.zone.get())
        for prefix in prefixes:
            self.encoding.add_prefix(prefix)
        for before, behind, allowed in links:
            self.encoding.add_link(before, behind, allowed)

    def add(self, result, rows, lists):
        """Write `rows` of `result`, all of which it has. Raises CannotEncodeError.

        `lists` are the results of the plan's lists, 0 for one without rows, each with the column
        that says which row they belong to.
        """
        cdef Rows chosen
        cdef Outcome outcome
        cdef unique_ptr[Run] run
        chosen.start, chosen.step, chosen.count = rows.start, rows.step, len(rows)
        self._have_room_for(chosen.count)
        self.is_broken = True  # until all is written: an error leaves half a row
        self.encoding.clear_lists()
        for list_result, by in lists:
            self.encoding.add_list(self.libpq.functions, _pointer(list_result), by)
        run.reset(
            new Run(
                self.libpq.functions, _pointer(result), chosen, self.program.program, self.encoding
            )
        )
        while True:
            with nogil:
                outcome = run.get().write()
            if outcome == Outcome.full:
                self._grow_to(max(run.get().wanted, 2 * self.capacity))
            elif outcome == Outcome.unlearned:
                self._learn(run.get().unlearned)
            else:
                break
        if outcome == Outcome.refused:
            reason = run.get().reason.decode()
            keys = self.program.keys
            raise CannotEncodeError(reason, row=run.get().row(), key=keys[run.get().member()])
        if outcome == Outcome.out_of_memory:
            raise MemoryError
        self.encoding.clear_lists()  # which lead to results that are not kept
        self.rows += chosen.count
        self.is_broken = False

    def reserve(self, int rows):
        """Have room for `rows`, as far as the rows of the last time tell."""
        self._have_room_for(rows)

    def append(self, bytes text):
        """Write `text` as it stands."""
        cdef Py_ssize_t size = len(text)
        self._have_room_for(0)
        cdef size_t before = self.encoding.out.size()
        if self.capacity < before + size:
            self._grow_to(max(<size_t>(before + size), 2 * self.capacity))
        memcpy(PyBytes_AS_STRING(self.bytes) + before, <char *>text, size)
        self.encoding.out.ends_at(PyBytes_AS_STRING(self.bytes) + before + size)

    def take(self):
        """Return what was written since the last time."""
        cdef PyObject *whole = self.bytes
        cdef size_t size = self.encoding.out.size()
        self._check()
        if whole == NULL:
            return b""
        if self.rows > 0:
            self.program.bytes_of_a_row = <double>size / self.rows
        self.bytes = NULL
        self.capacity = 0
        self.rows = 0
        self.encoding.out.cut_to(0)
        _PyBytes_Resize(&whole, size)
        written = <object>whole
        Py_XDECREF(whole)
        return written

    cdef _check(self):
        if self.is_broken:
            raise ValueError("Cannot go on with what an error has cut off. Begin another.")

    cdef _have_room_for(self, int rows):
        # Rows are much of a size, so those of the last time tell how long these will be.
        cdef double guessed = rows * self.program.bytes_of_a_row * 1.125
        self._check()
        if self.bytes == NULL:
            self._grow_to(_LEAST_ROOM + <size_t>min(guessed, <double>_MOST_GUESSED))

    cdef _grow_to(self, size_t capacity):
        cdef cbool was_broken = self.is_broken
        self.is_broken = True  # if there is no memory: the bytes are gone then
        if self.bytes == NULL:
            self.bytes = PyBytes_FromStringAndSize(NULL, capacity)
        else:
            _PyBytes_Resize(&self.bytes, capacity)
        self.is_broken = was_broken
        self.capacity = capacity
        self.encoding.out.move_to(PyBytes_AS_STRING(self.bytes), capacity)

    cdef _learn(self, Unlearned wanted):
        cdef Offsets offsets
        offsets, spans = self.zones[wanted.zone]
        offsets.learn(wanted.window, spans)


cdef _fill_writer(Writer *writer, described):
    if not choose_writer(writer[0], described.name.encode()):
        raise ValueError(f"there is no writer {described.name!r}")
    writer.number = described.number
    writer.digits = described.digits
    writer.item_type = described.item_type
    if described.item is not None:
        _fill_writer(writer.add_item(), described.item)
