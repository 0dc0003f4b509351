// UUIDs, network addresses and bytes.
#pragma once

#include "integers.hpp"
#include "text.hpp"

namespace rowpath {

constexpr std::size_t kUuidBytes = 16;

inline const std::uint8_t *read_uuid(Cell cell) {
    Reader reader(cell);
    const Cell uuid = reader.take_cell(kUuidBytes);
    reader.require_end();
    return uuid.bytes;
}

inline char *put_hex(char *at, const std::uint8_t *bytes, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
        *at++ = kHexDigits[bytes[i] >> 4];
        *at++ = kHexDigits[bytes[i] & 0xf];
    }
    return at;
}

inline char *put_hyphenated(char *at, const std::uint8_t *uuid) {
    at = put(put_hex(at, uuid, 4), '-');
    at = put(put_hex(at, uuid + 4, 2), '-');
    at = put(put_hex(at, uuid + 6, 2), '-');
    at = put(put_hex(at, uuid + 8, 2), '-');
    return put_hex(at, uuid + 10, 6);
}

inline void write_uuid(Cell cell, Output &out) {
    const std::uint8_t *uuid = read_uuid(cell);
    char *at = put(out.room(38), '"');
    out.ends_at(put(put_hyphenated(at, uuid), '"'));
}

inline void write_uuid_urn(Cell cell, Output &out) {
    const std::uint8_t *uuid = read_uuid(cell);
    char *at = put(out.room(47), "\"urn:uuid:", 10);
    out.ends_at(put(put_hyphenated(at, uuid), '"'));
}

inline void write_uuid_hex(Cell cell, Output &out) {
    const std::uint8_t *uuid = read_uuid(cell);
    char *at = put(out.room(34), '"');
    out.ends_at(put(put_hex(at, uuid, kUuidBytes), '"'));
}

// In three steps of 13 digits: 10 ** 39 is more than 2 ** 128, and 2 ** 44 more than 10 ** 13.
inline void write_uuid_integer(Cell cell, Output &out) {
    constexpr std::uint64_t step = 10'000'000'000'000;
    constexpr int step_digits = 13;
    const std::uint8_t *uuid = read_uuid(cell);
    std::uint64_t thirteen[3] = {0, 0, 0}; // the least first
    for (std::size_t i = 0; i < kUuidBytes; ++i) {
        std::uint64_t carry = uuid[i];
        for (std::uint64_t &part : thirteen) {
            carry += part * 256;
            part = carry % step;
            carry /= step;
        }
    }
    char digits[3 * step_digits];
    for (int i = 0; i < 3; ++i) put_padded(digits + i * step_digits, thirteen[2 - i], step_digits);
    std::size_t zeros = 0;
    while (zeros + 1 < sizeof digits && digits[zeros] == '0') ++zeros;
    out.append(digits + zeros, sizeof digits - zeros);
}

inline char *put_ipv4(char *at, const std::uint8_t *bytes) {
    for (int i = 0; i < 4; ++i) {
        if (i != 0) *at++ = '.';
        at = put_unsigned(at, bytes[i]);
    }
    return at;
}

struct Zeros {
    int start;
    int size;
};

// The first of the longest runs of zeros, as PostgreSQL shortens them to "::".
inline Zeros longest_zeros(const unsigned (&words)[8]) {
    Zeros longest{-1, 1}; // one zero is not shortened
    for (int start = 0; start < 8; ++start) {
        int size = 0;
        while (start + size < 8 && words[start + size] == 0) ++size;
        if (size > longest.size) longest = {start, size};
    }
    return longest;
}

inline char *put_hex_word(char *at, unsigned word) {
    for (int shift = 12; shift >= 0; shift -= 4) {
        if (shift == 0 || word >> shift != 0) *at++ = kHexDigits[word >> shift & 0xf];
    }
    return at;
}

inline char *put_ipv6(char *at, const std::uint8_t *bytes) {
    unsigned words[8];
    for (int i = 0; i < 8; ++i) {
        words[i] = static_cast<unsigned>(bytes[2 * i] << 8 | bytes[2 * i + 1]);
    }
    const Zeros zeros = longest_zeros(words);
    // ::1.2.3.4 and ::ffff:1.2.3.4 keep their last four bytes as an IPv4 address.
    const bool ends_as_ipv4 =
        zeros.start == 0 && (zeros.size == 6 || (zeros.size == 5 && words[5] == 0xffff));
    for (int i = 0; i < 8; ++i) {
        if (i == zeros.start) {
            at = put(at, "::", 2);
            i += zeros.size - 1;
            continue;
        }
        if (i != 0 && i != zeros.start + zeros.size) *at++ = ':';
        if (ends_as_ipv4 && i == 6) return put_ipv4(at, bytes + 12);
        at = put_hex_word(at, words[i]);
    }
    return at;
}

// As inet_out and cidr_out have it: an inet of a single host goes without its mask.
inline void write_address(Cell cell, bool is_cidr, Output &out) {
    constexpr unsigned ipv4 = 2, ipv6 = 3; // PGSQL_AF_INET, PGSQL_AF_INET6
    Reader reader(cell);
    const unsigned family = reader.take_u8();
    const unsigned bits = reader.take_u8();
    const bool says_cidr = reader.take_u8() != 0;
    const unsigned size = reader.take_u8();
    const unsigned wanted = family == ipv4 ? 4 : 16;
    if ((family != ipv4 && family != ipv6) || size != wanted || bits > 8 * size ||
        says_cidr != is_cidr) {
        throw Refused{"its binary value is not an address"};
    }
    const std::uint8_t *bytes = reader.take_cell(size).bytes;
    reader.require_end();
    char *at = put(out.room(64), '"');
    at = family == ipv4 ? put_ipv4(at, bytes) : put_ipv6(at, bytes);
    if (is_cidr || bits != 8 * size) at = put_unsigned(put(at, '/'), bits);
    out.ends_at(put(at, '"'));
}

inline void write_base64(Cell cell, Output &out) {
    constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *at = put(out.room(cell.size / 3 * 4 + 6), '"');
    for (std::size_t i = 0; i < cell.size; i += 3) {
        const std::size_t left = cell.size - i;
        const unsigned second = left > 1 ? cell.bytes[i + 1] : 0u;
        const unsigned third = left > 2 ? cell.bytes[i + 2] : 0u;
        const unsigned three = static_cast<unsigned>(cell.bytes[i] << 16) | second << 8 | third;
        *at++ = alphabet[three >> 18];
        *at++ = alphabet[three >> 12 & 63];
        *at++ = left > 1 ? alphabet[three >> 6 & 63] : '=';
        *at++ = left > 2 ? alphabet[three & 63] : '=';
    }
    out.ends_at(put(at, '"'));
}

} // namespace rowpath
