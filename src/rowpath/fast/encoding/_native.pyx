# distutils: language = c++
# cython: language_level = 3
"""The compiled half of the encoder: what native/*.hpp does, for Python.

A result is a PGresult's address, which must be alive for the length of the call.
"""

from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, int64_t, uint32_t, uintptr_t
from libcpp cimport bool as cbool
from libcpp.memory cimport unique_ptr
from libcpp.string cimport string
from libcpp.utility cimport move
from libcpp.vector cimport vector

from rowpath.fast.encoding.errors import CannotEncodeError


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
        cbool is_fixed()
        void publish(int64_t, vector[Span]) except +

    cdef cppclass Unlearned:
        int zone
        int64_t window

    const int64_t kFirstSecond
    const int64_t kLastSecond
    const int64_t kWindowSeconds


cdef extern from "program.hpp" namespace "rowpath" nogil:
    cdef cppclass Writer:
        int number
        uint32_t item_type
        Writer *add_item() except +

    cdef enum class CppAbsent "rowpath::Absent":
        null
        left_out
        falls_back

    cdef cppclass Guard:
        int column
        CppAbsent absent

    cdef cppclass Member:
        vector[Guard] guards
        int position
        int column
        Writer writer
        vector[Member] members
        void set_prefix(string) except +

    cdef cppclass CppProgram "rowpath::Program":
        Style style
        vector[Member] members


cdef extern from "writers.hpp" namespace "rowpath" nogil:
    cbool choose_writer(Writer &, const string &)


ctypedef int (*OfResult)(const void *) noexcept nogil
ctypedef int (*OfColumn)(const void *, int) noexcept nogil
ctypedef unsigned (*TypeOfColumn)(const void *, int) noexcept nogil
ctypedef int (*OfCell)(const void *, int, int) noexcept nogil
ctypedef char *(*BytesOfCell)(const void *, int, int) noexcept nogil


cdef extern from "rows.hpp" namespace "rowpath" nogil:
    cdef cppclass Functions "rowpath::Libpq":
        OfResult ntuples
        OfResult nfields
        TypeOfColumn ftype
        OfColumn fformat
        BytesOfCell getvalue
        OfCell getlength
        OfCell getisnull

    cdef cppclass Rows:
        int start
        int step
        int count
        cbool has_brackets

    cdef enum class Outcome:
        written
        refused
        unlearned
        out_of_memory

    cdef cppclass Run:
        Run(const Functions &, const void *, Rows, const CppProgram &) except +
        void add_zone(const Zone *) except +
        void add_prefix(const string &) except +
        Outcome write()
        const char *data()
        size_t size()
        int row()
        int member()
        const char *reason
        Unlearned unlearned


cdef dict _ABSENT = {
    "NULL": <int>CppAbsent.null,
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

    def __init__(self, members, *, ascii_only, compact):
        self.program.style.ascii_only = ascii_only
        self.program.style.is_compact = compact
        self.keys = []
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
        member.position = len(self.keys)
        self.keys.append(described.key)
        if described.writer is None:
            self._fill_members(&member.members, described.members)
        else:
            member.column = described.column
            _fill_writer(&member.writer, described.writer)

    def write(self, Libpq libpq, result, rows, zones, prefixes, *, brackets):
        """Return `rows` of `result`, all of which it has, as JSON.

        Each zone comes with a function that tells the spans of its offsets from one second to
        another; see zones.py. Raises CannotEncodeError.
        """
        cdef Rows chosen
        cdef Outcome outcome
        cdef Offsets offsets
        chosen.start, chosen.step, chosen.count = rows.start, rows.step, len(rows)
        chosen.has_brackets = brackets
        cdef unique_ptr[Run] run
        run.reset(new Run(libpq.functions, _pointer(result), chosen, self.program))
        for offsets, _ in zones:
            run.get().add_zone(offsets.zone.get())
        for prefix in prefixes:
            run.get().add_prefix(prefix)
        while True:
            with nogil:
                outcome = run.get().write()
            if outcome != Outcome.unlearned:
                break
            offsets, spans = zones[run.get().unlearned.zone]
            offsets.learn(run.get().unlearned.window, spans)
        if outcome == Outcome.refused:
            reason = run.get().reason.decode()
            raise CannotEncodeError(reason, row=run.get().row(), key=self.keys[run.get().member()])
        if outcome == Outcome.out_of_memory:
            raise MemoryError
        return PyBytes_FromStringAndSize(run.get().data(), run.get().size())


cdef _fill_writer(Writer *writer, described):
    if not choose_writer(writer[0], described.name.encode()):
        raise ValueError(f"there is no writer {described.name!r}")
    writer.number = described.number
    writer.item_type = described.item_type
    if described.item is not None:
        _fill_writer(writer.add_item(), described.item)
