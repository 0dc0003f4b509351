// Floats as Python's repr has them: the fewest digits that read back as the same float.
#pragma once

#include "integers.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <system_error>

// A C++ library without exact conversion of floats: Python's own, which needs the GIL, takes over.
#if !defined(__cpp_lib_to_chars) || defined(ROWPATH_PYTHON_FLOATS)
#define ROWPATH_FLOATS_BY_PYTHON 1
#include <Python.h>
#include <string>
#else
#define ROWPATH_FLOATS_BY_PYTHON 0
#endif

namespace rowpath {

constexpr std::size_t kLongestFloat = 32; // -1.7976931348623157e+308 has 24

// `digits`, neither first nor last a zero, are those of 0.DIGITS * 10 ** point. Like repr(), this
// changes to the notation with an exponent at 1e-5 and at 1e16.
inline char *put_shortest(char *at, const char *digits, int size, int point) {
    if (point > 16 || point <= -4) {
        *at++ = digits[0];
        if (size > 1) at = put(put(at, '.'), digits + 1, static_cast<std::size_t>(size - 1));
        const int exponent = point - 1;
        at = put(put(at, 'e'), exponent < 0 ? '-' : '+');
        const auto magnitude = static_cast<unsigned>(std::abs(exponent));
        return magnitude < 100 ? put_2(at, magnitude) : put_unsigned(at, magnitude);
    }
    if (point <= 0) {
        at = put(at, "0.", 2);
        for (int i = point; i < 0; ++i) *at++ = '0';
        return put(at, digits, static_cast<std::size_t>(size));
    }
    if (point >= size) {
        at = put(at, digits, static_cast<std::size_t>(size));
        for (int i = size; i < point; ++i) *at++ = '0';
        return put(at, ".0", 2);
    }
    at = put(at, digits, static_cast<std::size_t>(point));
    return put(put(at, '.'), digits + point, static_cast<std::size_t>(size - point));
}

// Digits of a decimal, as put_shortest wants them; `value` is not zero.
inline char *put_shortest(char *at, std::uint64_t value, int exponent) {
    for (; value % 10 == 0; value /= 10) ++exponent;
    char digits[kMostDigits64];
    const int size = static_cast<int>(put_unsigned(digits, value) - digits);
    return put_shortest(at, digits, size, size + exponent);
}

#if ROWPATH_FLOATS_BY_PYTHON

class Gil {
  public:
    Gil() : state_(PyGILState_Ensure()) {}
    Gil(const Gil &) = delete;
    Gil &operator=(const Gil &) = delete;
    ~Gil() { PyGILState_Release(state_); }

  private:
    PyGILState_STATE state_;
};

inline char *put_finite(char *at, double value) {
    const Gil gil;
    char *text = PyOS_double_to_string(value, 'r', 0, Py_DTSF_ADD_DOT_0, nullptr);
    if (text == nullptr) throw std::bad_alloc();
    at = put(at, text, std::strlen(text));
    PyMem_Free(text);
    return at;
}

inline double float_of(const char *text, std::size_t size) {
    const std::string ended(text, size);
    const Gil gil;
    const double value = PyOS_string_to_double(ended.c_str(), nullptr, nullptr);
    if (PyErr_Occurred() != nullptr) {
        PyErr_Clear();
        throw Refused{"it is beyond the range of floats"};
    }
    if (!std::isfinite(value)) throw Refused{"it is beyond the range of floats"};
    return value;
}

#else

inline char *put_finite(char *at, double value) {
    if (std::signbit(value)) *at++ = '-';
    if (value == 0) return put(at, "0.0", 3);
    // d.ddde+dd: the digits without their point, and the exponent behind the e.
    char text[kLongestFloat];
    const auto written = std::to_chars(text, text + sizeof text, std::fabs(value),
                                       std::chars_format::scientific);
    const char *e = static_cast<const char *>(std::memchr(text, 'e', written.ptr - text));
    int exponent = 0;
    std::from_chars(e[1] == '+' ? e + 2 : e + 1, written.ptr, exponent);
    char digits[kLongestFloat];
    digits[0] = text[0];
    int size = 1;
    for (const char *digit = text + 2; digit < e; ++digit) digits[size++] = *digit;
    return put_shortest(at, digits, size, exponent + 1);
}

// The float nearest to a decimal text that is well formed.
inline double float_of(const char *text, std::size_t size) {
    double value;
    const auto read = std::from_chars(text, text + size, value);
    if (read.ec != std::errc() || read.ptr != text + size || !std::isfinite(value)) {
        throw Refused{"it is beyond the range of floats"};
    }
    return value;
}

#endif

// Most floats in tables are decimals of a few digits. No two decimals of up to 15 digits share a
// float, so one that reads back as `value` is the shortest. The division is that reading: both
// numbers are whole and exact, and it rounds once. Null if `value` is no such decimal.
inline char *put_if_short(char *at, double value) {
    constexpr double scale = 1e6, most = 1e15;
    constexpr int places = 6;
    const double scaled = std::fabs(value) * scale;
    if (!(scaled >= 1 && scaled < most)) return nullptr;
    const auto whole = static_cast<std::uint64_t>(scaled + 0.5);
    if (static_cast<double>(whole) / scale != std::fabs(value)) return nullptr;
    if (std::signbit(value)) *at++ = '-';
    return put_shortest(at, whole, -places);
}

inline char *put_float(char *at, double value) {
    char *end = put_if_short(at, value);
    return end != nullptr ? end : put_finite(at, value);
}

inline void write_float(double value, Output &out) {
    if (!std::isfinite(value)) throw Refused{"it is NaN or infinite"};
    out.ends_at(put_float(out.room(kLongestFloat), value));
}

inline double read_float(Cell cell) {
    const auto bits = static_cast<std::uint64_t>(read_i64(cell));
    double value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

} // namespace rowpath
