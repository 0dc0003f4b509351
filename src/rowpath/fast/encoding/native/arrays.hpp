// Arrays and hstores: what has values of its own.
#pragma once

#include "program.hpp"
#include "text.hpp"

namespace rowpath {

constexpr int kMostDimensions = 6; // MAXDIM

class ArrayWriter {
  public:
    ArrayWriter(Cell cell, const Writer &writer, Encoding &encoding)
        : reader_(cell), encoding_(encoding), item_(&writer) {
        dimensions_ = reader_.take_i32();
        reader_.take_u32(); // whether there are nulls
        const std::uint32_t item_type = reader_.take_u32();
        if (dimensions_ < 0 || dimensions_ > kMostDimensions || item_type != writer.item_type) {
            throw Refused{"its binary value is not an array of its type"};
        }
        int depth = 0;
        for (; item_->item; item_ = item_->item.get()) ++depth;
        if (dimensions_ != 0 && dimensions_ != depth) {
            throw Refused{"it has another number of dimensions than the field"};
        }
    }

    void write() {
        for (int i = 0; i < dimensions_; ++i) {
            sizes_[i] = reader_.take_i32();
            reader_.take_u32(); // the lower bound
            if (sizes_[i] <= 0) throw Refused{"its binary value is not an array"};
        }
        if (dimensions_ == 0) {
            encoding_.out.append("[]", 2);
        } else {
            write_dimension(sizes_);
        }
        reader_.require_end();
    }

  private:
    void write_dimension(const std::int32_t *size) {
        Output &out = encoding_.out;
        out.append('[');
        for (std::int32_t i = 0; i < *size; ++i) {
            if (i != 0) encoding_.style.write_comma(out);
            if (size + 1 < sizes_ + dimensions_) {
                write_dimension(size + 1);
            } else {
                write_item();
            }
        }
        out.append(']');
    }

    void write_item() {
        const std::int32_t size = reader_.take_i32();
        if (size == -1) {
            encoding_.out.append("null", 4);
        } else if (size < 0) {
            throw Refused{"its binary value is not an array"};
        } else {
            item_->write(reader_.take_cell(static_cast<std::size_t>(size)), *item_, encoding_);
        }
    }

    Reader reader_;
    Encoding &encoding_;
    const Writer *item_; // of the innermost dimension
    int dimensions_;
    std::int32_t sizes_[kMostDimensions];
};

inline void write_array(Cell cell, const Writer &writer, Encoding &encoding) {
    ArrayWriter(cell, writer, encoding).write();
}

inline Cell take_sized(Reader &reader, std::int32_t size) {
    if (size < 0) throw Refused{"its binary value is not an hstore"};
    return reader.take_cell(static_cast<std::size_t>(size));
}

inline void write_hstore(Cell cell, const Writer &, Encoding &encoding) {
    Output &out = encoding.out;
    const bool ascii_only = encoding.style.ascii_only;
    Reader reader(cell);
    const std::int32_t pairs = reader.take_i32();
    if (pairs < 0) throw Refused{"its binary value is not an hstore"};
    out.append('{');
    for (std::int32_t i = 0; i < pairs; ++i) {
        if (i != 0) encoding.style.write_comma(out);
        write_string(take_sized(reader, reader.take_i32()), ascii_only, out);
        encoding.style.write_colon(out);
        const std::int32_t size = reader.take_i32();
        if (size == -1) {
            out.append("null", 4);
        } else {
            write_string(take_sized(reader, size), ascii_only, out);
        }
    }
    out.append('}');
    reader.require_end();
}

} // namespace rowpath
