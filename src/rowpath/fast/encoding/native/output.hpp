// The one buffer that the JSON is written into.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace rowpath {

// A writer asks for room, writes at the pointer that it gets, and says where it ended:
//
//     char *at = out.room(4);
//     at = put(at, "true", 4);
//     out.ends_at(at);
class Output {
  public:
    Output() : start_(spare().start), end_(start_), limit_(start_ + spare().capacity) {
        spare().start = nullptr;
        spare().capacity = 0;
    }
    Output(const Output &) = delete;
    Output &operator=(const Output &) = delete;

    ~Output() {
        const auto capacity = static_cast<std::size_t>(limit_ - start_);
        if (capacity <= kMostSpare && capacity >= spare().capacity) {
            std::swap(start_, spare().start);
            spare().capacity = capacity;
        }
        std::free(start_);
    }

    char *room(std::size_t size) {
        if (static_cast<std::size_t>(limit_ - end_) < size) grow(size);
        return end_;
    }

    void ends_at(char *end) { end_ = end; }

    void append(const char *text, std::size_t size) {
        char *at = room(size);
        std::memcpy(at, text, size);
        end_ = at + size;
    }

    // The same for a text with kPadding readable bytes after it: no call to copy a few bytes.
    void append_padded(const char *text, std::size_t size) {
        char *at = room(size + kPadding);
        for (std::size_t i = 0; i < size; i += kPadding) std::memcpy(at + i, text + i, kPadding);
        end_ = at + size;
    }

    static constexpr std::size_t kPadding = 16;

    void append(char byte) {
        *room(1) = byte;
        ++end_;
    }

    void cut_to(std::size_t size) { end_ = start_ + size; }

    const char *data() const { return start_; }
    std::size_t size() const { return static_cast<std::size_t>(end_ - start_); }

  private:
    // A thread keeps a buffer for its next list: memory that is fresh from the kernel costs as much
    // as writing into it.
    struct Spare {
        char *start = nullptr;
        std::size_t capacity = 0;
        ~Spare() { std::free(start); }
    };

    static Spare &spare() {
        static thread_local Spare kept;
        return kept;
    }

    void grow(std::size_t size) {
        const std::size_t used = this->size();
        const auto capacity = static_cast<std::size_t>(limit_ - start_);
        if (size > kMost - used) throw std::bad_alloc();
        std::size_t wanted = capacity > kMost / 2 ? kMost : capacity * 2;
        if (wanted < used + size) wanted = used + size;
        if (wanted < kFirst) wanted = kFirst;
        auto *grown = static_cast<char *>(std::realloc(start_, wanted));
        if (grown == nullptr) throw std::bad_alloc();
        start_ = grown;
        end_ = grown + used;
        limit_ = grown + wanted;
    }

    static constexpr std::size_t kFirst = 4096;
    static constexpr std::size_t kMost = PTRDIFF_MAX;
    static constexpr std::size_t kMostSpare = std::size_t{1} << 20;

    char *start_;
    char *end_;
    char *limit_;
};

inline char *put(char *at, const char *text, std::size_t size) {
    std::memcpy(at, text, size);
    return at + size;
}

inline char *put(char *at, char byte) {
    *at = byte;
    return at + 1;
}

} // namespace rowpath
