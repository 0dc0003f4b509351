// A jsonb document, as json.dumps(json.loads(document)) has it.
#pragma once

#include "floats.hpp"
#include "style.hpp"
#include "text.hpp"

namespace rowpath {

constexpr int kDeepestJson = 60;

class JsonRewriter {
  public:
    JsonRewriter(Cell text, const Style &style, Output &out)
        : at_(text.bytes), end_(text.bytes + text.size), style_(style), out_(out) {}

    void write_document() {
        write_value(0);
        skip_space();
        if (at_ != end_) throw broken();
    }

  private:
    static Refused broken() { return {"it is not a JSON document"}; }

    std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
    bool sees(std::uint8_t byte) const { return at_ != end_ && *at_ == byte; }
    bool sees_digit() const { return at_ != end_ && *at_ >= '0' && *at_ <= '9'; }

    bool takes(std::uint8_t byte) {
        if (!sees(byte)) return false;
        ++at_;
        return true;
    }

    void skip_space() {
        while (sees(' ') || sees('\n') || sees('\r') || sees('\t')) ++at_;
    }

    void write_value(int depth) {
        if (depth > kDeepestJson) throw Refused{"its JSON is nested too deeply"};
        skip_space();
        if (takes('{')) {
            write_object(depth);
        } else if (takes('[')) {
            write_array(depth);
        } else if (takes('"')) {
            write_string();
        } else if (sees('-') || sees_digit()) {
            write_number();
        } else if (!writes("true", 4) && !writes("false", 5) && !writes("null", 4)) {
            throw broken();
        }
    }

    bool writes(const char *literal, std::size_t size) {
        if (left() < size || std::memcmp(at_, literal, size) != 0) return false;
        at_ += size;
        out_.append(literal, size);
        return true;
    }

    void write_object(int depth) {
        out_.append('{');
        skip_space();
        if (!takes('}')) {
            do {
                skip_space();
                if (!takes('"')) throw broken();
                write_string();
                skip_space();
                if (!takes(':')) throw broken();
                style_.write_colon(out_);
                write_value(depth + 1);
            } while (is_followed_by_another('}'));
        }
        out_.append('}');
    }

    void write_array(int depth) {
        out_.append('[');
        skip_space();
        if (!takes(']')) {
            do {
                write_value(depth + 1);
            } while (is_followed_by_another(']'));
        }
        out_.append(']');
    }

    bool is_followed_by_another(std::uint8_t close) {
        skip_space();
        if (takes(close)) return false;
        if (!takes(',')) throw broken();
        style_.write_comma(out_);
        return true;
    }

    // The opening quote is taken.
    void write_string() {
        out_.append('"');
        for (;;) {
            const std::uint8_t *start = at_;
            while (at_ != end_ && *at_ != '"' && *at_ != '\\' && *at_ >= 0x20) ++at_;
            write_characters({start, static_cast<std::size_t>(at_ - start)}, style_.ascii_only,
                             out_);
            if (takes('"')) break;
            if (!takes('\\')) throw broken();
            write_escape();
        }
        out_.append('"');
    }

    // The backslash is taken.
    void write_escape() {
        static constexpr char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
        if (at_ == end_) throw broken();
        const std::uint8_t letter = *at_++;
        std::uint32_t value;
        if (letter == 'u') {
            value = take_escaped_code_point();
        } else {
            const void *found = std::memchr(letters, letter, sizeof letters - 1);
            if (found == nullptr) throw broken();
            value = static_cast<std::uint8_t>(meant[static_cast<const char *>(found) - letters]);
        }
        std::uint8_t utf8[4];
        write_characters({utf8, put_utf8(utf8, value)}, style_.ascii_only, out_);
    }

    std::uint32_t take_escaped_code_point() {
        const std::uint32_t unit = take_four_hex();
        if (unit < 0xd800 || unit > 0xdfff) return unit;
        if (unit > 0xdbff || !takes('\\') || !takes('u')) throw broken();
        const std::uint32_t low = take_four_hex();
        if (low < 0xdc00 || low > 0xdfff) throw broken();
        return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }

    std::uint32_t take_four_hex() {
        if (left() < 4) throw broken();
        std::uint32_t value = 0;
        for (int i = 0; i < 4; ++i, ++at_) {
            const std::uint8_t byte = *at_;
            const std::uint8_t lower = byte | 0x20;
            if (byte >= '0' && byte <= '9') {
                value = value << 4 | (byte - '0');
            } else if (lower >= 'a' && lower <= 'f') {
                value = value << 4 | (lower - 'a' + 10u);
            } else {
                throw broken();
            }
        }
        return value;
    }

    static std::size_t put_utf8(std::uint8_t *at, std::uint32_t value) {
        if (value < 0x80) {
            at[0] = static_cast<std::uint8_t>(value);
            return 1;
        }
        const std::size_t size = value < 0x800 ? 2 : value < 0x10000 ? 3 : 4;
        constexpr std::uint8_t leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
        for (std::size_t i = size - 1; i > 0; --i, value >>= 6) {
            at[i] = static_cast<std::uint8_t>(0x80 | (value & 0x3f));
        }
        at[0] = static_cast<std::uint8_t>(leads[size] | value);
        return size;
    }

    void write_number() {
        const std::uint8_t *start = at_;
        const bool is_negative = takes('-');
        const std::uint8_t *whole = at_;
        if (!takes('0')) take_digits();
        const auto whole_digits = static_cast<std::size_t>(at_ - whole);
        bool is_integer = true;
        if (takes('.')) {
            is_integer = false;
            take_digits();
        }
        if (takes('e') || takes('E')) {
            is_integer = false;
            if (!takes('-')) takes('+');
            take_digits();
        }
        if (!is_integer) {
            const auto *text = reinterpret_cast<const char *>(start);
            rowpath::write_float(float_of(text, static_cast<std::size_t>(at_ - start)), out_);
            return;
        }
        if (whole_digits > kMostIntegerDigits) throw Refused{"it has too many digits for an int"};
        // int() has no negative zero.
        const std::uint8_t *from = is_negative && *whole == '0' ? whole : start;
        out_.append(reinterpret_cast<const char *>(from), static_cast<std::size_t>(at_ - from));
    }

    void take_digits() {
        if (!sees_digit()) throw broken();
        while (sees_digit()) ++at_;
    }

    const std::uint8_t *at_;
    const std::uint8_t *end_;
    const Style &style_;
    Output &out_;
};

inline void write_jsonb(Cell cell, const Style &style, Output &out) {
    Reader reader(cell);
    if (reader.take_u8() != 1) throw Refused{"its jsonb has an unknown version"};
    const Cell text = reader.take_rest();
    out.room(text.size);
    JsonRewriter(text, style, out).write_document();
}

} // namespace rowpath
