// Bytes that grow while Python's objects are written into them.
#pragma once

#include <Python.h>

#include <cstddef>
#include <cstring>
#include <new>

namespace rowpath {

// Used as Output is, but that it is its own owner and never full.
class Growing {
  public:
    Growing() = default;
    Growing(const Growing &) = delete;
    Growing &operator=(const Growing &) = delete;
    ~Growing() { PyMem_RawFree(start_); }

    char *room(std::size_t size) {
        if (static_cast<std::size_t>(limit_ - end_) < size) grow(size);
        return end_;
    }

    void ends_at(char *end) { end_ = end; }

    void append(const char *text, std::size_t size) {
        if (size == 0) return;
        std::memcpy(room(size), text, size);
        end_ += size;
    }

    void append(char byte) {
        *room(1) = byte;
        ++end_;
    }

    void cut_to(std::size_t size) { end_ = start_ + size; }

    const char *data() const { return start_; }
    std::size_t size() const { return static_cast<std::size_t>(end_ - start_); }

  private:
    void grow(std::size_t size) {
        const std::size_t used = this->size();
        const std::size_t capacity = used + used / 2 + size + kLeast;
        char *moved = static_cast<char *>(PyMem_RawRealloc(start_, capacity));
        if (moved == nullptr) throw std::bad_alloc();
        start_ = moved;
        end_ = moved + used;
        limit_ = moved + capacity;
    }

    static constexpr std::size_t kLeast = 1024;

    char *start_ = nullptr;
    char *end_ = nullptr;
    char *limit_ = nullptr;
};

} // namespace rowpath
