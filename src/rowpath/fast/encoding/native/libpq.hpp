// libpq's functions, found at run time; a fuzzer passes its own.
#pragma once

#include "wire.hpp"

namespace rowpath {

struct Libpq {
    int (*ntuples)(const void *);
    int (*nfields)(const void *);
    unsigned (*ftype)(const void *, int);
    int (*fformat)(const void *, int);
    char *(*getvalue)(const void *, int, int);
    int (*getlength)(const void *, int, int);
    int (*getisnull)(const void *, int, int);

    bool is_null(const void *result, int row, int column) const {
        return getisnull(result, row, column) != 0;
    }

    // The bytes of a value that is not null.
    Cell cell(const void *result, int row, int column) const {
        const int size = getlength(result, row, column);
        const char *bytes = getvalue(result, row, column);
        if (size < 0 || bytes == nullptr) throw Refused{"it has no binary value"};
        return {reinterpret_cast<const std::uint8_t *>(bytes), static_cast<std::size_t>(size)};
    }
};

} // namespace rowpath
