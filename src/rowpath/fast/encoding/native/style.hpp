// The renderer's spelling of what stands between values.
#pragma once

#include "output.hpp"

namespace rowpath {

struct Style {
    bool ascii_only;
    bool is_compact;

    void write_comma(Output &out) const {
        std::memcpy(out.room(2), ", ", 2);
        out.ends_at(out.room(2) + comma_size());
    }

    void write_colon(Output &out) const {
        std::memcpy(out.room(2), ": ", 2);
        out.ends_at(out.room(2) + comma_size());
    }

    std::size_t comma_size() const { return is_compact ? 1 : 2; }
};

} // namespace rowpath
