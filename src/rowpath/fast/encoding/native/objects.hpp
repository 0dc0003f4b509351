// Python's own strings, numbers and times as JSON. The GIL is held.
#pragma once

#include "characters.hpp"
#include "floats.hpp"
#include "identifiers.hpp"
#include "times.hpp"

#include <datetime.h>

namespace rowpath {

// False for a string that no bytes can spell; nothing is written then.
inline bool write_str(PyObject *text, bool ascii_only, Growing &out) {
    const auto size = static_cast<std::size_t>(PyUnicode_GET_LENGTH(text));
    const std::size_t start = out.size();
    bool is_written = true;
    out.append('"');
    if (PyUnicode_IS_ASCII(text)) {
        write_ascii(PyUnicode_1BYTE_DATA(text), size, ascii_only, out);
    } else if (PyUnicode_KIND(text) == PyUnicode_1BYTE_KIND) {
        is_written = write_units(PyUnicode_1BYTE_DATA(text), size, ascii_only, out);
    } else if (PyUnicode_KIND(text) == PyUnicode_2BYTE_KIND) {
        is_written = write_units(PyUnicode_2BYTE_DATA(text), size, ascii_only, out);
    } else {
        is_written = write_units(PyUnicode_4BYTE_DATA(text), size, ascii_only, out);
    }
    if (is_written) {
        out.append('"');
    } else {
        out.cut_to(start);
    }
    return is_written;
}

// False for one of more than 64 bits; nothing is written then.
inline bool write_int(PyObject *value, Growing &out) {
    int overflow = 0;
    const long long whole = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (overflow != 0) return false;
    out.ends_at(put_signed(out.room(kMostDigits64), whole));
    return true;
}

// False for what JSON has no number for; nothing is written then.
inline bool write_double(double value, Growing &out) {
    if (!std::isfinite(value)) return false;
    out.ends_at(put_float(out.room(kLongestFloat), value));
    return true;
}

// str(Decimal) of a column's decimal places and digits, as DRF's quantize() leaves it.
inline bool is_fixed_decimal(PyObject *text, int places, int longest) {
    const Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    if (!PyUnicode_IS_ASCII(text) || size > longest || size <= places + 1) return false;
    const Py_UCS1 *end = PyUnicode_1BYTE_DATA(text) + size;
    if (end[-places - 1] != '.') return false;
    for (int i = 1; i <= places; ++i) {
        if (end[-i] < '0' || end[-i] > '9') return false;
    }
    return true;
}

inline char *put_civil(char *at, int year, int month, int day) {
    at = put(put_4(at, static_cast<unsigned>(year)), '-');
    at = put(put_2(at, static_cast<unsigned>(month)), '-');
    return put_2(at, static_cast<unsigned>(day));
}

inline char *put_of_day(char *at, int hour, int minute, int second, int microsecond) {
    at = put(put_2(at, static_cast<unsigned>(hour)), ':');
    at = put(put_2(at, static_cast<unsigned>(minute)), ':');
    at = put_2(at, static_cast<unsigned>(second));
    return put_fraction(at, static_cast<unsigned>(microsecond));
}

inline void write_civil_date(PyObject *date, Growing &out) {
    static_cast<void>(PyDateTimeAPI); // which datetime.h declares, and the macros do without
    char *at = put(out.room(kLongestTime), '"');
    at = put_civil(at, PyDateTime_GET_YEAR(date), PyDateTime_GET_MONTH(date),
                   PyDateTime_GET_DAY(date));
    out.ends_at(put(at, '"'));
}

// The time alone: what is behind it for a zone is the caller's.
inline void write_civil_time(PyObject *time, Growing &out) {
    char *at = put(out.room(kLongestTime), '"');
    at = put_of_day(at, PyDateTime_TIME_GET_HOUR(time), PyDateTime_TIME_GET_MINUTE(time),
                    PyDateTime_TIME_GET_SECOND(time), PyDateTime_TIME_GET_MICROSECOND(time));
    out.ends_at(put(at, '"'));
}

// A datetime of UTC.
inline void write_moment(PyObject *moment, Growing &out) {
    char *at = put(out.room(kLongestTime), '"');
    at = put_civil(at, PyDateTime_GET_YEAR(moment), PyDateTime_GET_MONTH(moment),
                   PyDateTime_GET_DAY(moment));
    at = put_of_day(put(at, 'T'), PyDateTime_DATE_GET_HOUR(moment),
                    PyDateTime_DATE_GET_MINUTE(moment), PyDateTime_DATE_GET_SECOND(moment),
                    PyDateTime_DATE_GET_MICROSECOND(moment));
    out.ends_at(put(at, "Z\"", 2));
}

inline void write_uuid_bytes(const char *bytes, Growing &out) {
    char *at = put(out.room(38), '"');
    at = put_hyphenated(at, reinterpret_cast<const std::uint8_t *>(bytes));
    out.ends_at(put(at, '"'));
}

} // namespace rowpath
