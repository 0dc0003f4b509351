// The loop over rows: objects and their members, read through libpq's own functions.
#pragma once

#include "program.hpp"

#include <new>

namespace rowpath {

struct Rows {
    int start;
    int step;
    int count;
};

constexpr const char *kLeadsNowhere =
    "it has nothing to be read from, which is the framework's to answer";

enum class Outcome { written, refused, unlearned, full, out_of_memory };

// Writes the rows of one result. It can be carried on after there is more room, or a zone's window
// has been learned.
class Run {
  public:
    Run(const Libpq &libpq, const void *result, Rows rows, const Program &program,
        Encoding &encoding)
        : libpq_(libpq), result_(result), rows_(rows), members_(program.members),
          encoding_(encoding) {}

    // Touches nothing of Python's, so that it needs no GIL.
    Outcome write() noexcept {
        Output &out = encoding_.out;
        std::size_t before = out.size();
        try {
            for (; done_ < rows_.count; ++done_) {
                before = out.size();
                row_ = rows_.start + done_ * rows_.step;
                at_ = {result_, row_};
                if (encoding_.has_rows) encoding_.style.write_comma(out);
                write_object(members_);
                encoding_.has_rows = true;
            }
            return Outcome::written;
        } catch (const Refused &refused) {
            reason = refused.reason;
            return Outcome::refused;
        } catch (const Unlearned &wanted) {
            out.cut_to(before);
            unlearned = wanted;
            return Outcome::unlearned;
        } catch (const Output::Full &full) {
            out.cut_to(before);
            wanted = full.wanted;
            return Outcome::full;
        } catch (const std::bad_alloc &) {
            return Outcome::out_of_memory;
        }
    }

    int row() const { return row_; }
    int member() const { return member_; }

    const char *reason = nullptr;
    Unlearned unlearned{0, 0};
    std::size_t wanted = 0;

  private:
    void write_object(const std::vector<Member> &members) {
        Output &out = encoding_.out;
        out.append('{');
        std::size_t skipped = encoding_.style.comma_size(); // of the first prefix
        for (const Member &member : members) {
            member_ = member.position;
            const Guard *guard = member.guards.empty() ? nullptr : absent(member.guards);
            if (guard != nullptr && guard->absent == Absent::left_out) continue;
            if (guard != nullptr && guard->absent == Absent::falls_back) {
                throw Refused{kLeadsNowhere};
            }
            out.append_padded(member.prefix.data() + skipped, member.prefix_size - skipped);
            skipped = 0;
            if (guard != nullptr && guard->absent == Absent::default_) {
                out.append(member.default_.data(), member.default_.size());
            } else if (guard != nullptr) {
                out.append("null", 4);
            } else if (member.list >= 0) {
                write_list(member);
            } else if (member.column < 0) {
                write_object(member.members);
            } else {
                write_value(member);
            }
        }
        out.append('}');
    }

    // The rows of another result that have this row's key.
    void write_list(const Member &member) {
        const At outer = at_;
        if (libpq_.is_null(outer.result, outer.row, member.column)) {
            encoding_.out.append("[]", 2); // no row belongs to one without a key
            return;
        }
        const Groups &groups = encoding_.lists[static_cast<std::size_t>(member.list)];
        encoding_.out.append('[');
        int row = groups.first(libpq_.cell(outer.result, outer.row, member.column));
        for (bool is_first = true; row != kNoRow; row = groups.next(row), is_first = false) {
            if (!is_first) encoding_.style.write_comma(encoding_.out);
            at_ = {groups.result(), row};
            member.is_flat ? write_only(member.members) : write_object(member.members);
        }
        encoding_.out.append(']');
        at_ = outer;
    }

    // The value of the first of `members`, of which there is one, without an object around it.
    void write_only(const std::vector<Member> &members) {
        const Member &member = members.front();
        member_ = member.position;
        const Guard *guard = absent(member.guards);
        if (guard == nullptr) {
            write_value(member);
        } else if (guard->absent == Absent::null) {
            encoding_.out.append("null", 4);
        } else {
            throw Refused{kLeadsNowhere};
        }
    }

    const Guard *absent(const std::vector<Guard> &guards) const {
        for (const Guard &guard : guards) {
            if (libpq_.is_null(at_.result, at_.row, guard.column)) return &guard;
        }
        return nullptr;
    }

    void write_value(const Member &member) {
        const int size = libpq_.getlength(at_.result, at_.row, member.column);
        // A null has the length zero.
        if (size == 0 && libpq_.is_null(at_.result, at_.row, member.column)) {
            encoding_.out.append("null", 4);
            return;
        }
        const Cell cell = libpq_.cell(at_.result, at_.row, member.column);
        member.writer.write(cell, member.writer, encoding_);
    }

    // The row that is being written: of a list's result within a list.
    struct At {
        const void *result;
        int row;
    };

    const Libpq &libpq_;
    const void *result_;
    Rows rows_;
    const std::vector<Member> &members_;
    Encoding &encoding_;
    At at_{nullptr, 0};
    int done_ = 0;
    int row_ = 0; // of the page
    int member_ = 0;
};

} // namespace rowpath
