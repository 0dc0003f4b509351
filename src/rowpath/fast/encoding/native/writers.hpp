// The writers by name: Python chooses one for each form and type, in writers.py.
#pragma once

#include "arrays.hpp"
#include "decimals.hpp"
#include "identifiers.hpp"
#include "json.hpp"
#include "links.hpp"
#include "times.hpp"
#include "urls.hpp"

namespace rowpath {

template <void (*write)(Cell, Output &)>
void plain(Cell cell, const Writer &, Encoding &encoding) {
    write(cell, encoding.out);
}

template <WriteCell write> void quoted(Cell cell, const Writer &writer, Encoding &encoding) {
    encoding.out.append('"');
    write(cell, writer, encoding);
    encoding.out.append('"');
}

// `number` is the decimal places, or -1 for any.
template <void (*write)(const Numeric &, Output &)>
void decimal(Cell cell, const Writer &writer, Encoding &encoding) {
    const Numeric value(cell);
    value.require(writer.number, writer.digits);
    write(value, encoding.out);
}

// `number` is the zone's position.
template <bool is_naive> void datetime(Cell cell, const Writer &writer, Encoding &encoding) {
    ZoneView &zone = encoding.zones[static_cast<std::size_t>(writer.number)];
    write_datetime(cell, zone, is_naive, encoding.out);
}

inline void text(Cell cell, const Writer &, Encoding &encoding) {
    write_string(cell, encoding.style.ascii_only, encoding.out);
}

inline void jsonb(Cell cell, const Writer &, Encoding &encoding) {
    write_jsonb(cell, encoding.style, encoding.out);
}

template <bool is_cidr> void address(Cell cell, Output &out) { write_address(cell, is_cidr, out); }

template <class Value, Value (*read)(Cell)> void integer(Cell cell, Output &out) {
    const std::int64_t value = read(cell);
    out.ends_at(put_signed(out.room(kMostDigits64), value));
}

inline void boolean(Cell cell, Output &out) {
    Reader reader(cell);
    const unsigned value = reader.take_u8();
    reader.require_end();
    if (value > 1) throw Refused{"its binary value is not a boolean"};
    value != 0 ? out.append("true", 4) : out.append("false", 5);
}

inline void float8(Cell cell, Output &out) { write_float(read_float(cell), out); }

struct Named {
    const char *name;
    WriteCell write;
};

constexpr WriteCell kInt2 = plain<integer<std::int16_t, read_i16>>;
constexpr WriteCell kInt4 = plain<integer<std::int32_t, read_i32>>;
constexpr WriteCell kInt8 = plain<integer<std::int64_t, read_i64>>;
constexpr WriteCell kWholeNumeric = plain<write_whole_numeric>;

constexpr Named kWriters[] = {
    {"text", text},
    {"int2", kInt2},
    {"int4", kInt4},
    {"int8", kInt8},
    {"whole numeric", kWholeNumeric},
    {"quoted int2", quoted<kInt2>},
    {"quoted int4", quoted<kInt4>},
    {"quoted int8", quoted<kInt8>},
    {"quoted whole numeric", quoted<kWholeNumeric>},
    {"boolean", plain<boolean>},
    {"decimal", decimal<write_decimal>},
    {"normalized decimal", decimal<write_normalized_decimal>},
    {"decimal as float", decimal<write_decimal_as_float>},
    {"float8", plain<float8>},
    {"datetime", datetime<false>},
    {"naive datetime", datetime<true>},
    {"date", plain<write_date>},
    {"time", plain<write_time>},
    {"duration", plain<write_duration>},
    {"iso duration", plain<write_iso_duration>},
    {"seconds", plain<write_seconds>},
    {"hyphenated uuid", plain<write_uuid>},
    {"hex uuid", plain<write_uuid_hex>},
    {"integer uuid", plain<write_uuid_integer>},
    {"urn uuid", plain<write_uuid_urn>},
    {"jsonb", jsonb},
    {"inet", plain<address<false>>},
    {"cidr", plain<address<true>>},
    {"base64", plain<write_base64>},
    {"array", write_array},
    {"hstore", write_hstore},
    {"file url", write_file_url},
    {"int2 link", write_integer_link<std::int16_t, read_i16>},
    {"int4 link", write_integer_link<std::int32_t, read_i32>},
    {"int8 link", write_integer_link<std::int64_t, read_i64>},
    {"uuid link", write_uuid_link},
    {"text link", write_text_link<false>},
    {"text link or null", write_text_link<true>},
};

// False for a name that there is not.
inline bool choose_writer(Writer &writer, const std::string &name) {
    for (const Named &named : kWriters) {
        if (name == named.name) writer.write = named.write;
    }
    return writer.write != nullptr;
}

} // namespace rowpath
