// PostgreSQL's numeric: groups of four decimal digits, written without arithmetic on them.
#pragma once

#include "floats.hpp"

namespace rowpath {

constexpr int kAnyScale = -1;

class Numeric {
  public:
    explicit Numeric(Cell cell) {
        Reader reader(cell);
        const std::int16_t groups = reader.take_i16();
        weight_ = reader.take_i16();
        const std::uint16_t sign = reader.take_u16();
        scale_ = reader.take_u16();
        if (sign != kPositive && sign != kNegative) throw Refused{"it is NaN or infinite"};
        if (groups < 0 || scale_ > kMostScale) throw Refused{"its binary value is not a numeric"};
        count_ = groups;
        bytes_ = reader.take_cell(2 * static_cast<std::size_t>(groups)).bytes;
        reader.require_end();
        is_negative_ = sign == kNegative;
        check_digits();
    }

    int scale() const { return scale_; }

    void require(int places, int digits) const {
        if (places != kAnyScale && scale_ != places) {
            throw Refused{"it has another number of decimal places than the field"};
        }
        const bool may_be_more = digits != 0 && 4 * (weight_ + 1) + scale_ > digits;
        if (may_be_more && coefficient_size() > digits) {
            throw Refused{"it has more digits than the field"};
        }
    }

    // As numeric_out and f"{value:f}" have it, every digit of its scale.
    char *put_fixed(char *at) const {
        if (is_negative_) *at++ = '-';
        at = put_whole(at);
        if (scale_ == 0) return at;
        *at++ = '.';
        int left = scale_;
        for (int i = weight_ + 1; left > 0; ++i, left -= 4) {
            char four[4];
            put_4(four, group(i));
            at = put(at, four, left < 4 ? static_cast<std::size_t>(left) : 4);
        }
        return at;
    }

    // Room that put_fixed needs.
    std::size_t fixed_size() const {
        const int whole = weight_ < 0 ? 1 : 4 * (weight_ + 1);
        return static_cast<std::size_t>(whole + scale_ + 2);
    }

    // Whether float() reads the same digits back; then repr() has them too, as any decimal of up
    // to 15 digits is the shortest of its float.
    bool is_short() const { return count_ <= 3 && weight_ < 16 && weight_ > -16; }

    // What repr(float(value)) is if is_short().
    char *put_short_as_float(char *at) const {
        std::uint64_t value = 0;
        for (int i = 0; i < count_; ++i) value = value * 10'000 + group(i);
        if (is_negative_) *at++ = '-';
        if (value == 0) return put(at, "0.0", 3);
        return put_shortest(at, value, 4 * (weight_ - count_ + 1));
    }

    // How many digits a decimal.Decimal made of this has.
    int coefficient_size() const {
        int first = 0; // the first group that is not zero, or the end
        while (first < count_ && group(first) == 0) ++first;
        if (first == count_) return 1;
        const unsigned lead = group(first);
        const int in_lead = lead >= 1000 ? 4 : lead >= 100 ? 3 : lead >= 10 ? 2 : 1;
        return 4 * (weight_ - first) + in_lead + scale_;
    }

  private:
    unsigned group(int i) const {
        if (i < 0 || i >= count_) return 0;
        return static_cast<unsigned>(bytes_[2 * i] << 8 | bytes_[2 * i + 1]);
    }

    void check_digits() const {
        unsigned any = 0;
        for (int i = 0; i < count_; ++i) {
            if (group(i) >= 10'000) throw Refused{"its binary value is not a numeric"};
            any |= group(i);
        }
        if (is_negative_ && any == 0) throw Refused{"it is a negative zero"};
        // Digits behind the scale: 0 to 3 of the last group that is shown, and all groups after.
        int hidden = weight_ + 1 + (scale_ + 3) / 4;
        constexpr unsigned shown_of_last[] = {10'000, 1'000, 100, 10};
        bool is_hidden = scale_ % 4 != 0 && group(hidden - 1) % shown_of_last[scale_ % 4] != 0;
        for (hidden = hidden < 0 ? 0 : hidden; hidden < count_; ++hidden) {
            is_hidden = is_hidden || group(hidden) != 0;
        }
        if (is_hidden) throw Refused{"it has digits beyond its scale"};
    }

    char *put_whole(char *at) const {
        int i = 0;
        while (i <= weight_ && group(i) == 0) ++i;
        if (i > weight_) return put(at, '0');
        at = put_unsigned(at, group(i));
        while (++i <= weight_) at = put_4(at, group(i));
        return at;
    }

    static constexpr std::uint16_t kPositive = 0x0000, kNegative = 0x4000;
    static constexpr int kMostScale = 16'383; // NUMERIC_DSCALE_MAX

    const std::uint8_t *bytes_;
    int count_, weight_, scale_;
    bool is_negative_;
};

// decimal.getcontext().prec, beyond which normalize() rounds.
constexpr int kContextDigits = 28;

inline char *without_zeros_at_end(char *start, char *end) {
    if (std::memchr(start, '.', static_cast<std::size_t>(end - start)) == nullptr) return end;
    while (end[-1] == '0') --end;
    return end[-1] == '.' ? end - 1 : end;
}

inline void write_decimal(const Numeric &value, Output &out) {
    char *at = put(out.room(value.fixed_size() + 2), '"');
    out.ends_at(put(value.put_fixed(at), '"'));
}

inline void write_normalized_decimal(const Numeric &value, Output &out) {
    if (value.coefficient_size() > kContextDigits) {
        throw Refused{"it has more digits than Decimal.normalize() keeps"};
    }
    char *start = put(out.room(value.fixed_size() + 2), '"');
    out.ends_at(put(without_zeros_at_end(start, value.put_fixed(start)), '"'));
}

inline void write_decimal_as_float(const Numeric &value, Output &out) {
    if (value.is_short()) {
        out.ends_at(value.put_short_as_float(out.room(kLongestFloat)));
        return;
    }
    // The text is read where it would stand, and the float written over it.
    char *start = out.room(value.fixed_size() + kLongestFloat);
    const auto size = static_cast<std::size_t>(value.put_fixed(start) - start);
    write_float(float_of(start, size), out);
}

inline void write_whole_numeric(Cell cell, Output &out) {
    const Numeric value(cell);
    if (value.scale() != 0) throw Refused{"it has decimal places, which int() cuts off"};
    if (value.fixed_size() > kMostIntegerDigits) throw Refused{"it has too many digits for an int"};
    out.ends_at(value.put_fixed(out.room(value.fixed_size())));
}

} // namespace rowpath
