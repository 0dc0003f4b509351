// A result of one row, each cell malloc'ed in exactly its size for AddressSanitizer to watch.
#include <cstdlib>
#include <cstring>

namespace {

constexpr int kMostColumns = 4;

struct Column {
    unsigned type = 0;
    char *block = nullptr;
    char *bytes = nullptr;
    int length = 0;
    int is_null = 0;
};

int column_count = 0;
Column columns[kMostColumns];

} // namespace

extern "C" {

void cells_set(int column, unsigned type, const char *bytes, int size, int length, int is_null) {
    Column &set = columns[column];
    std::free(set.block);
    // A block of no bytes would still be readable in its first one: its end is not.
    set.block = static_cast<char *>(std::malloc(size == 0 ? 16 : static_cast<std::size_t>(size)));
    set.bytes = size == 0 ? set.block + 16 : set.block;
    std::memcpy(set.bytes, bytes, static_cast<std::size_t>(size));
    set.type = type;
    set.length = length;
    set.is_null = is_null;
}

void cells_columns(int count) { column_count = count; }

int PQntuples(const void *) { return 1; }
int PQnfields(const void *) { return column_count; }
unsigned PQftype(const void *, int column) { return columns[column].type; }
int PQfformat(const void *, int) { return 1; }
char *PQgetvalue(const void *, int, int column) { return columns[column].bytes; }
int PQgetlength(const void *, int, int column) { return columns[column].length; }
int PQgetisnull(const void *, int, int column) { return columns[column].is_null; }
}
