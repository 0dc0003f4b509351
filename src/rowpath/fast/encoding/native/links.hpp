// Keys within URLs: what stands before and behind them was made by the framework.
#pragma once

#include "identifiers.hpp"
#include "integers.hpp"
#include "urls.hpp"

namespace rowpath {

// What urllib.parse.quote() leaves alone in a path: RFC 3986's pchar, as Django has it safe.
inline bool is_path_character(std::uint8_t byte) {
    if (stands_in_path(byte)) return true;
    return byte != 0 && byte < 0x80 && std::strchr("!$&'()*+,;=/:@", byte) != nullptr;
}

inline const Link &link_of(const Writer &writer, const Encoding &encoding) {
    return encoding.links[static_cast<std::size_t>(writer.number)];
}

inline void begin_link(const Link &link, Output &out) {
    out.append('"');
    out.append(link.before.data(), link.before.size());
}

inline void end_link(const Link &link, Output &out) {
    out.append(link.behind.data(), link.behind.size());
    out.append('"');
}

template <class Value, Value (*read)(Cell)>
void write_integer_link(Cell cell, const Writer &writer, Encoding &encoding) {
    const Link &link = link_of(writer, encoding);
    const std::int64_t value = read(cell);
    if (value < 0 && !link.allowed['-']) throw Refused{"its URL may have no negative number"};
    begin_link(link, encoding.out);
    encoding.out.ends_at(put_signed(encoding.out.room(kMostDigits64), value));
    end_link(link, encoding.out);
}

constexpr std::size_t kHyphenated = 36;

inline void write_uuid_link(Cell cell, const Writer &writer, Encoding &encoding) {
    const Link &link = link_of(writer, encoding);
    const std::uint8_t *uuid = read_uuid(cell);
    begin_link(link, encoding.out);
    encoding.out.ends_at(put_hyphenated(encoding.out.room(kHyphenated), uuid));
    end_link(link, encoding.out);
}

inline void write_quoted(Cell text, const Link &link, Output &out) {
    constexpr char kUpperHexDigits[] = "0123456789ABCDEF";
    char *at = out.room(3 * text.size);
    for (std::size_t i = 0; i < text.size; ++i) {
        const std::uint8_t byte = text.bytes[i];
        if (!link.allowed[byte]) throw Refused{"its URL may not have what is in its key"};
        if (is_path_character(byte)) {
            *at++ = static_cast<char>(byte);
            continue;
        }
        *at++ = '%';
        *at++ = kUpperHexDigits[byte >> 4];
        *at++ = kUpperHexDigits[byte & 0xf];
    }
    out.ends_at(at);
}

// Without text there is no URL: null where an empty key stands for nothing, and else an error.
template <bool may_be_empty>
void write_text_link(Cell text, const Writer &writer, Encoding &encoding) {
    if (text.size == 0) {
        if (!may_be_empty) throw Refused{"its URL has an empty key"};
        encoding.out.append("null", 4);
        return;
    }
    if (text.bytes[0] == '.' && (text.size == 1 || (text.size == 2 && text.bytes[1] == '.'))) {
        throw Refused{"its URL has a dotted segment"};
    }
    const Link &link = link_of(writer, encoding);
    begin_link(link, encoding.out);
    write_quoted(text, link, encoding.out);
    end_link(link, encoding.out);
}

} // namespace rowpath
