// JSON strings as json.dumps spells them, from UTF-8 that is checked on the way.
#pragma once

#include "output.hpp"
#include "wire.hpp"

namespace rowpath {

constexpr char kHexDigits[] = "0123456789abcdef";

struct CodePoint {
    std::uint32_t value;
    std::size_t size; // bytes of UTF-8
};

// The code point at the front of some bytes.
inline CodePoint code_point(const std::uint8_t *bytes, std::size_t size) {
    const std::uint8_t first = bytes[0];
    if (first < 0x80) return {first, 1};
    if (first >= 0xc2 && first <= 0xdf && size > 1 && (bytes[1] & 0xc0) == 0x80) {
        return {static_cast<std::uint32_t>((first & 0x1f) << 6 | (bytes[1] & 0x3f)), 2};
    }
    std::size_t length;
    std::uint32_t value, least;
    if ((first & 0xf0) == 0xe0) {
        length = 3, value = first & 0x0f, least = 0x800;
    } else if (first >= 0xf0 && first <= 0xf4) {
        length = 4, value = first & 0x07, least = 0x10000;
    } else {
        throw Refused{"its text is not UTF-8"};
    }
    if (size < length) throw Refused{"its text is not UTF-8"};
    for (std::size_t i = 1; i < length; ++i) {
        if ((bytes[i] & 0xc0) != 0x80) throw Refused{"its text is not UTF-8"};
        value = value << 6 | (bytes[i] & 0x3f);
    }
    const bool is_surrogate = value >= 0xd800 && value <= 0xdfff;
    if (value < least || value > 0x10ffff || is_surrogate) throw Refused{"its text is not UTF-8"};
    return {value, length};
}

inline char *put_utf16_escape(char *at, std::uint32_t unit) {
    at = put(at, "\\u", 2);
    for (int shift = 12; shift >= 0; shift -= 4) *at++ = kHexDigits[unit >> shift & 0xf];
    return at;
}

constexpr std::size_t kLongestEscape = 12; // a surrogate pair

inline char *put_escaped(char *at, std::uint32_t value) {
    switch (value) {
    case '"': return put(at, "\\\"", 2);
    case '\\': return put(at, "\\\\", 2);
    case '\b': return put(at, "\\b", 2);
    case '\f': return put(at, "\\f", 2);
    case '\n': return put(at, "\\n", 2);
    case '\r': return put(at, "\\r", 2);
    case '\t': return put(at, "\\t", 2);
    default: break;
    }
    if (value < 0x10000) return put_utf16_escape(at, value);
    at = put_utf16_escape(at, 0xd800 + ((value - 0x10000) >> 10));
    return put_utf16_escape(at, 0xdc00 + ((value - 0x10000) & 0x3ff));
}

constexpr std::uint8_t kDelete = 0x7f; // escaped only where all but ASCII is

inline bool is_plain(std::uint8_t byte) {
    return byte >= 0x20 && byte < kDelete && byte != '"' && byte != '\\';
}

// The bytes at the front that need no look: no control, quote, backslash, or byte beyond ASCII.
inline std::size_t plain_run(const std::uint8_t *bytes, std::size_t size) {
    constexpr std::uint64_t ones = ~std::uint64_t{0} / 255, tops = ones * 0x80;
    std::size_t run = 0;
    for (; size - run >= 8; run += 8) {
        std::uint64_t eight;
        std::memcpy(&eight, bytes + run, 8);
        // In each, the top bit of a byte is set if the byte is (or follows) one that is meant.
        const std::uint64_t control = eight - ones * 0x20;
        const std::uint64_t quote = (eight ^ ones * '"') - ones;
        const std::uint64_t backslash = (eight ^ ones * '\\') - ones;
        const std::uint64_t beyond = eight | (eight + ones);
        if (((control | quote | backslash | beyond) & tops) != 0) break;
    }
    while (run < size && is_plain(bytes[run])) ++run;
    return run;
}

inline bool is_line_separator(std::uint32_t value) { return value == 0x2028 || value == 0x2029; }

// The bytes at the front that are written as they are: up to what is escaped, or the end.
inline std::size_t standing_run(const std::uint8_t *bytes, std::size_t size, bool ascii_only) {
    std::size_t run = 0;
    for (;;) {
        run += plain_run(bytes + run, size - run);
        if (ascii_only || run == size || bytes[run] < kDelete) return run;
        do {
            const CodePoint point = code_point(bytes + run, size - run);
            if (is_line_separator(point.value)) return run;
            run += point.size;
        } while (run < size && bytes[run] >= kDelete);
    }
}

// What stands between the quotes for `text`.
inline void write_characters(Cell text, bool ascii_only, Output &out) {
    const std::uint8_t *bytes = text.bytes;
    std::size_t left = text.size;
    for (;;) {
        const std::size_t run = standing_run(bytes, left, ascii_only);
        out.append(reinterpret_cast<const char *>(bytes), run);
        bytes += run;
        left -= run;
        if (left == 0) return;
        const CodePoint point = code_point(bytes, left);
        out.ends_at(put_escaped(out.room(kLongestEscape), point.value));
        bytes += point.size;
        left -= point.size;
    }
}

inline void write_string(Cell text, bool ascii_only, Output &out) {
    out.room(text.size + 2); // one growth for what is mostly written as it is
    out.append('"');
    write_characters(text, ascii_only, out);
    out.append('"');
}

} // namespace rowpath
