// JSON strings as json.dumps spells them, from the code points of a Python string.
#pragma once

#include "growing.hpp"
#include "text.hpp"

namespace rowpath {

inline char *put_utf8(char *at, std::uint32_t value) {
    const auto tail = [value](int shift) {
        return static_cast<char>(0x80 | (value >> shift & 0x3f));
    };
    if (value < 0x800) {
        *at++ = static_cast<char>(0xc0 | value >> 6);
        *at++ = tail(0);
        return at;
    }
    if (value < 0x10000) {
        *at++ = static_cast<char>(0xe0 | value >> 12);
    } else {
        *at++ = static_cast<char>(0xf0 | value >> 18);
        *at++ = tail(12);
    }
    *at++ = tail(6);
    *at++ = tail(0);
    return at;
}

inline bool is_surrogate(std::uint32_t value) { return value >= 0xd800 && value <= 0xdfff; }

// Whether a code point that is_plain() does not know stands as it is.
inline bool stands(std::uint32_t value, bool ascii_only) {
    if (value == '"' || value == '\\' || value < 0x20) return false;
    return !ascii_only && !is_line_separator(value);
}

// False for a surrogate that stands as it is, which no bytes can spell. What was written up to it
// is for the caller to cut off.
template <class Unit>
bool write_units(const Unit *units, std::size_t size, bool ascii_only, Growing &out) {
    for (std::size_t i = 0; i < size; ++i) {
        const std::uint32_t value = units[i];
        char *at = out.room(kLongestEscape);
        if (value < kDelete && is_plain(static_cast<std::uint8_t>(value))) {
            at = put(at, static_cast<char>(value));
        } else if (!stands(value, ascii_only)) {
            at = put_escaped(at, value);
        } else if (value == kDelete) {
            at = put(at, static_cast<char>(value));
        } else {
            if (is_surrogate(value)) return false;
            at = put_utf8(at, value);
        }
        out.ends_at(at);
    }
    return true;
}

// The same for bytes below 128, most of which stand as they are.
inline void write_ascii(const std::uint8_t *bytes, std::size_t size, bool ascii_only,
                        Growing &out) {
    out.room(size + 2);
    for (;;) {
        const std::size_t run = plain_run(bytes, size);
        out.append(reinterpret_cast<const char *>(bytes), run);
        if (run == size) return;
        write_units(bytes + run, 1, ascii_only, out);
        bytes += run + 1;
        size -= run + 1;
    }
}

} // namespace rowpath
