// The loop over rows: objects and their members, read through libpq's own functions.
#pragma once

#include "program.hpp"

#include <new>

namespace rowpath {

// libpq's functions, found at run time; a fuzzer passes its own.
struct Libpq {
    int (*ntuples)(const void *);
    int (*nfields)(const void *);
    unsigned (*ftype)(const void *, int);
    int (*fformat)(const void *, int);
    char *(*getvalue)(const void *, int, int);
    int (*getlength)(const void *, int, int);
    int (*getisnull)(const void *, int, int);
};

struct Rows {
    int start;
    int step;
    int count;
};

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
                throw Refused{"it has nothing to be read from, which is the framework's to answer"};
            }
            out.append_padded(member.prefix.data() + skipped, member.prefix_size - skipped);
            skipped = 0;
            if (guard != nullptr && guard->absent == Absent::default_) {
                out.append(member.default_.data(), member.default_.size());
            } else if (guard != nullptr) {
                out.append("null", 4);
            } else if (member.column < 0) {
                write_object(member.members);
            } else {
                write_value(member);
            }
        }
        out.append('}');
    }

    const Guard *absent(const std::vector<Guard> &guards) const {
        for (const Guard &guard : guards) {
            if (libpq_.getisnull(result_, row_, guard.column) != 0) return &guard;
        }
        return nullptr;
    }

    void write_value(const Member &member) {
        const int size = libpq_.getlength(result_, row_, member.column);
        // A null has the length zero.
        if (size == 0 && libpq_.getisnull(result_, row_, member.column) != 0) {
            encoding_.out.append("null", 4);
            return;
        }
        const char *bytes = libpq_.getvalue(result_, row_, member.column);
        if (size < 0 || bytes == nullptr) throw Refused{"it has no binary value"};
        const Cell cell{reinterpret_cast<const std::uint8_t *>(bytes),
                        static_cast<std::size_t>(size)};
        member.writer.write(cell, member.writer, encoding_);
    }

    const Libpq &libpq_;
    const void *result_;
    Rows rows_;
    const std::vector<Member> &members_;
    Encoding &encoding_;
    int done_ = 0;
    int row_ = 0;
    int member_ = 0;
};

} // namespace rowpath
