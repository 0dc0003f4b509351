// The room that the JSON is written into. It is somebody else's, who gives more when it is full.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace rowpath {

// A writer asks for room, writes at the pointer that it gets, and says where it ended:
//
//     char *at = out.room(4);
//     at = put(at, "true", 4);
//     out.ends_at(at);
class Output {
  public:
    // Thrown where there is too little room: what was begun is then written anew in more.
    struct Full {
        std::size_t wanted; // in all, for what was asked for
    };

    Output() = default;
    Output(const Output &) = delete;
    Output &operator=(const Output &) = delete;

    // What was written before stands at `start` already.
    void move_to(char *start, std::size_t capacity) {
        end_ = start + size();
        start_ = start;
        limit_ = start + capacity;
    }

    char *room(std::size_t size) {
        if (static_cast<std::size_t>(limit_ - end_) < size) throw Full{wanted(size)};
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

    std::size_t size() const { return static_cast<std::size_t>(end_ - start_); }

  private:
    // PTRDIFF_MAX is more than there ever is, so the owner fails to give it.
    std::size_t wanted(std::size_t size) const {
        const std::size_t used = this->size();
        return size > PTRDIFF_MAX - used ? PTRDIFF_MAX : used + size;
    }

    char *start_ = nullptr;
    char *end_ = nullptr;
    char *limit_ = nullptr;
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
