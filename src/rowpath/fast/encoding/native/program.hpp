// What is to be written, made once of a plan and the types of a statement's columns.
#pragma once

#include "groups.hpp"
#include "style.hpp"
#include "zones.hpp"

#include <memory>
#include <string>
#include <vector>

namespace rowpath {

// What stands around the keys within URLs, escaped for JSON, and which bytes a key may have there.
struct Link {
    std::string before;
    std::string behind;
    bool allowed[256] = {};

    Link(const std::string &before, const std::string &behind, const std::string &allowed)
        : before(before), behind(behind) {
        for (const char byte : allowed) this->allowed[static_cast<std::uint8_t>(byte)] = true;
    }
};

// One encoding, of any number of results: where it writes to, and what it was given for it.
struct Encoding {
    Style style;
    Output out;
    std::vector<ZoneView> zones;
    std::vector<std::string> prefixes; // of URLs, escaped for JSON
    std::vector<Link> links;
    std::vector<Groups> lists; // whose rows the members that are lists have
    bool has_rows = false;

    void add_zone(const Zone *zone) { zones.emplace_back(zone, static_cast<int>(zones.size())); }
    void add_prefix(const std::string &prefix) { prefixes.push_back(prefix); }
    void add_link(const std::string &before, const std::string &behind,
                  const std::string &allowed) {
        links.emplace_back(before, behind, allowed);
    }
    void add_list(const Libpq &libpq, const void *result, int by) {
        lists.emplace_back(libpq, result, by);
    }
};

struct Writer;
using WriteCell = void (*)(Cell, const Writer &, Encoding &);

// How the cells of one column are written.
struct Writer {
    WriteCell write = nullptr;
    int number = 0; // decimal places, or the position of a zone, a prefix or a link; see writers.hpp
    int digits = 0; // that a decimal may have; 0 for any number
    std::uint32_t item_type = 0; // an array's, by its OID
    std::unique_ptr<Writer> item;

    Writer *add_item() {
        item = std::make_unique<Writer>();
        return item.get();
    }
};

enum class Absent { null, default_, left_out, falls_back };

struct Guard {
    int column;
    Absent absent;
};

// A member of an object: a list if it has one, a value if it has a column, and else an object.
struct Member {
    std::string prefix; // the comma before it, the key and the colon, and padding after them
    std::size_t prefix_size = 0;
    std::vector<Guard> guards;
    std::string default_; // as it stands in the JSON
    int position = 0; // among all members of the plan, for messages
    int column = -1; // for a list that of the key by which its rows are found
    int list = -1;   // its position in Encoding
    bool is_flat = false; // whether a list has the values of its only member, and no objects
    Writer writer;
    std::vector<Member> members;

    void set_prefix(std::string text) {
        prefix_size = text.size();
        prefix = std::move(text).append(Output::kPadding, '\0');
    }
};

struct Program {
    Style style;
    std::vector<Member> members;
};

} // namespace rowpath
