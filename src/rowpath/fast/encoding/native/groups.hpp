// Which rows of a result belong to which row of another one, by the bytes of a key.
#pragma once

#include "libpq.hpp"

#include <string_view>
#include <unordered_map>
#include <vector>

namespace rowpath {

constexpr int kNoRow = -1;

// The rows of one result by a column of theirs, in their order. The result must outlive it.
class Groups {
  public:
    // Without a result there are no rows.
    Groups(const Libpq &libpq, const void *result, int by) : result_(result) {
        if (result == nullptr) return;
        const int count = libpq.ntuples(result);
        next_.resize(static_cast<std::size_t>(count), kNoRow);
        firsts_.reserve(static_cast<std::size_t>(count));
        for (int row = count - 1; row >= 0; --row) {
            if (libpq.is_null(result, row, by)) continue;
            int &first = firsts_.try_emplace(key_of(libpq.cell(result, row, by)), kNoRow)
                             .first->second;
            next_[static_cast<std::size_t>(row)] = first;
            first = row;
        }
    }

    const void *result() const { return result_; }

    // kNoRow if no row has this key.
    int first(Cell key) const {
        const auto found = firsts_.find(key_of(key));
        return found == firsts_.end() ? kNoRow : found->second;
    }

    // The next row with the same key, or kNoRow.
    int next(int row) const { return next_[static_cast<std::size_t>(row)]; }

  private:
    static std::string_view key_of(Cell cell) {
        return {reinterpret_cast<const char *>(cell.bytes), cell.size};
    }

    const void *result_;
    std::unordered_map<std::string_view, int> firsts_;
    std::vector<int> next_;
};

} // namespace rowpath
