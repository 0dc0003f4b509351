// Whole numbers in decimal digits.
#pragma once

#include "output.hpp"
#include "wire.hpp"

namespace rowpath {

constexpr std::size_t kMostDigits64 = 20; // of 64 bits, the sign included if there is one

// Python neither reads nor writes integers of more digits than a limit, and nobody can set that
// below this (sys.int_info.str_digits_check_threshold).
constexpr std::size_t kMostIntegerDigits = 640;

namespace detail {

struct Pairs {
    char digits[200];
    constexpr Pairs() : digits() {
        for (int i = 0; i < 100; ++i) {
            digits[2 * i] = static_cast<char>('0' + i / 10);
            digits[2 * i + 1] = static_cast<char>('0' + i % 10);
        }
    }
};
constexpr Pairs kPairs;

} // namespace detail

// Two digits of a number below 100, and four of one below 10,000.
inline char *put_2(char *at, unsigned value) {
    return put(at, detail::kPairs.digits + 2 * value, 2);
}

inline char *put_4(char *at, unsigned value) {
    return put_2(put_2(at, value / 100), value % 100);
}

inline char *put_6(char *at, unsigned value) {
    return put_4(put_2(at, value / 10'000), value % 10'000);
}

inline int digits_of(std::uint64_t value) {
    int digits = 1;
    for (; value >= 10'000; value /= 10'000) digits += 4;
    return digits + (value >= 10) + (value >= 100) + (value >= 1'000);
}

inline char *put_unsigned(char *at, std::uint64_t value) {
    char *const end = at + digits_of(value);
    char *first = end;
    for (; value >= 100; value /= 100) put_2(first -= 2, static_cast<unsigned>(value % 100));
    if (value >= 10) {
        put_2(first - 2, static_cast<unsigned>(value));
    } else {
        first[-1] = static_cast<char>('0' + value);
    }
    return end;
}

inline char *put_signed(char *at, std::int64_t value) {
    if (value >= 0) return put_unsigned(at, static_cast<std::uint64_t>(value));
    return put_unsigned(put(at, '-'), 0 - static_cast<std::uint64_t>(value));
}

// `value` in decimal digits, all `size` of them, zeros in front.
inline void put_padded(char *at, std::uint64_t value, int size) {
    for (int i = size - 1; i >= 0; --i, value /= 10) at[i] = static_cast<char>('0' + value % 10);
}

} // namespace rowpath
