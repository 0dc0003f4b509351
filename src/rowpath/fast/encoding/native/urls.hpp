// URLs of stored files: a prefix and a name that needs no quoting and no resolving.
#pragma once

#include "program.hpp"

namespace rowpath {

inline bool stands_in_path(std::uint8_t byte) {
    const std::uint8_t lower = byte | 0x20;
    return (lower >= 'a' && lower <= 'z') || (byte >= '0' && byte <= '9') || byte == '_' ||
           byte == '.' || byte == '~' || byte == '-';
}

// Neither empty nor "." nor "..", and of characters that urllib.parse.quote() leaves alone.
inline void check_segment(const std::uint8_t *bytes, std::size_t size) {
    std::size_t dots = 0;
    while (dots < size && bytes[dots] == '.') ++dots;
    if (dots == size && size <= 2) throw Refused{"its file name has an empty or a dotted segment"};
    for (std::size_t i = 0; i < size; ++i) {
        if (!stands_in_path(bytes[i])) throw Refused{"its file name has characters to be quoted"};
    }
}

inline void check_file_name(Cell name) {
    std::size_t start = 0;
    for (std::size_t i = 0; i <= name.size; ++i) {
        if (i < name.size && name.bytes[i] != '/') continue;
        check_segment(name.bytes + start, i - start);
        start = i + 1;
    }
}

inline void write_file_url(Cell name, const Writer &writer, Encoding &encoding) {
    if (name.size == 0) {
        encoding.out.append("null", 4);
        return;
    }
    check_file_name(name);
    const std::string &prefix = encoding.prefixes[static_cast<std::size_t>(writer.number)];
    encoding.out.append('"');
    encoding.out.append(prefix.data(), prefix.size());
    encoding.out.append(reinterpret_cast<const char *>(name.bytes), name.size);
    encoding.out.append('"');
}

} // namespace rowpath
