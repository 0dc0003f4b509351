// PostgreSQL's binary values: bounds-checked reading, and how a value is refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace rowpath {

// Thrown for a value that has no exact spelling here. The reason is a string literal.
struct Refused {
    const char *reason;
};

struct Cell {
    const std::uint8_t *bytes;
    std::size_t size;
};

inline std::uint8_t in_network_order(std::uint8_t value) { return value; }

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
template <class Value> Value in_network_order(Value value) { return value; }
#else
inline std::uint16_t in_network_order(std::uint16_t value) { return __builtin_bswap16(value); }
inline std::uint32_t in_network_order(std::uint32_t value) { return __builtin_bswap32(value); }
inline std::uint64_t in_network_order(std::uint64_t value) { return __builtin_bswap64(value); }
#endif

// Takes integers and pieces off the front of a cell, and never one byte more than there is.
class Reader {
  public:
    explicit Reader(Cell cell) : at_(cell.bytes), left_(cell.size) {}

    std::uint8_t take_u8() { return take<std::uint8_t>(); }
    std::uint16_t take_u16() { return take<std::uint16_t>(); }
    std::uint32_t take_u32() { return take<std::uint32_t>(); }
    std::uint64_t take_u64() { return take<std::uint64_t>(); }
    std::int16_t take_i16() { return static_cast<std::int16_t>(take_u16()); }
    std::int32_t take_i32() { return static_cast<std::int32_t>(take_u32()); }
    std::int64_t take_i64() { return static_cast<std::int64_t>(take_u64()); }

    Cell take_cell(std::size_t size) {
        require(size);
        const Cell piece{at_, size};
        at_ += size;
        left_ -= size;
        return piece;
    }

    Cell take_rest() { return take_cell(left_); }

    std::size_t left() const { return left_; }

    void require_end() const {
        if (left_ != 0) throw Refused{"its binary value is longer than its type"};
    }

  private:
    void require(std::size_t size) const {
        if (left_ < size) throw Refused{"its binary value is cut off"};
    }

    template <class Value> Value take() {
        require(sizeof(Value));
        Value value;
        std::memcpy(&value, at_, sizeof value);
        at_ += sizeof value;
        left_ -= sizeof value;
        return in_network_order(value);
    }

    const std::uint8_t *at_;
    std::size_t left_;
};

// The only integer in a cell of exactly its size.
inline std::int16_t read_i16(Cell cell) {
    Reader reader(cell);
    const auto value = reader.take_i16();
    reader.require_end();
    return value;
}

inline std::int32_t read_i32(Cell cell) {
    Reader reader(cell);
    const auto value = reader.take_i32();
    reader.require_end();
    return value;
}

inline std::int64_t read_i64(Cell cell) {
    Reader reader(cell);
    const auto value = reader.take_i64();
    reader.require_end();
    return value;
}

} // namespace rowpath
