// Dates, times and durations as Python's isoformat() and Django's spellings have them.
#pragma once

#include "floats.hpp"
#include "zones.hpp"

namespace rowpath {

constexpr std::int64_t kSecond = 1'000'000; // in microseconds
constexpr std::int64_t kDay = 86'400 * kSecond;
// PostgreSQL counts from 2000-01-01: 730,119 days after 0001-01-01, and after 1970 in seconds.
constexpr std::int64_t kEpochDays = 730'119;
constexpr std::int64_t kEpochSeconds = 946'684'800;
constexpr std::int64_t kLastDay = 3'652'058; // 9999-12-31, in days after 0001-01-01

constexpr std::size_t kLongestTime = 48; // "9999-12-31T23:59:59.999999+23:59:59" has 37

constexpr std::int64_t floor_div(std::int64_t value, std::int64_t by) {
    return value / by - (value % by < 0);
}

// `days` after 0001-01-01, as year, month and day. In years that begin on the first of March the
// leap day is the last one, and the months up to it have 153 days in every five.
inline char *put_date(char *at, std::int64_t days) {
    const auto since_march = static_cast<std::uint32_t>(days + 306); // 0000-03-01
    const std::uint32_t century = (4 * since_march + 3) / 146'097;
    const std::uint32_t of_century = since_march - 146'097 * century / 4;
    const std::uint32_t year_of_century = (4 * of_century + 3) / 1'461;
    const std::uint32_t of_year = of_century - 1'461 * year_of_century / 4;
    const std::uint32_t month = (5 * of_year + 2) / 153; // 0 is March
    const std::uint32_t day = of_year - (153 * month + 2) / 5 + 1;
    const std::uint32_t is_next_year = month >= 10;
    at = put(put_4(at, 100 * century + year_of_century + is_next_year), '-');
    at = put(put_2(at, is_next_year ? month - 9 : month + 3), '-');
    return put_2(at, day);
}

inline char *put_clock(char *at, unsigned seconds) {
    at = put(put_2(at, seconds / 3600), ':');
    at = put(put_2(at, seconds / 60 % 60), ':');
    return put_2(at, seconds % 60);
}

inline char *put_fraction(char *at, unsigned microseconds) {
    return microseconds == 0 ? at : put_6(put(at, '.'), microseconds);
}

inline char *put_time(char *at, std::int64_t microseconds) {
    at = put_clock(at, static_cast<unsigned>(microseconds / kSecond));
    return put_fraction(at, static_cast<unsigned>(microseconds % kSecond));
}

inline char *put_offset(char *at, std::int32_t seconds) {
    if (seconds == 0) return put(at, 'Z');
    const auto size = static_cast<unsigned>(seconds < 0 ? -seconds : seconds);
    at = put(put_2(put(at, seconds < 0 ? '-' : '+'), size / 3600), ':');
    at = put_2(at, size / 60 % 60);
    return size % 60 == 0 ? at : put_2(put(at, ':'), size % 60);
}

inline void write_date(Cell cell, Output &out) {
    const std::int64_t days = std::int64_t{read_i32(cell)} + kEpochDays;
    if (days < 0 || days > kLastDay) throw Refused{"it is not in the years 1 to 9999"};
    char *at = put(out.room(kLongestTime), '"');
    out.ends_at(put(put_date(at, days), '"'));
}

inline void write_time(Cell cell, Output &out) {
    const std::int64_t microseconds = read_i64(cell);
    if (microseconds < 0 || microseconds >= kDay) throw Refused{"it is not a time of one day"};
    char *at = put(out.room(kLongestTime), '"');
    out.ends_at(put(put_time(at, microseconds), '"'));
}

inline void write_datetime(Cell cell, ZoneView &zone, bool is_naive, Output &out) {
    const std::int64_t microseconds = read_i64(cell);
    const std::int64_t seconds = floor_div(microseconds, kSecond) + kEpochSeconds;
    // Infinity is the last and the first of all int64.
    if (seconds < kFirstSecond || seconds > kLastSecond) {
        throw Refused{"it is not well within the years 1 to 9999"};
    }
    const std::int32_t offset = zone.offset_at(seconds);
    const std::int64_t local = microseconds + offset * kSecond + kEpochDays * kDay;
    char *at = put(out.room(kLongestTime), '"');
    at = put(put_date(at, local / kDay), 'T');
    at = put_time(at, local % kDay);
    if (!is_naive) at = put_offset(at, offset);
    out.ends_at(put(at, '"'));
}

// A timedelta's parts: only `days` may be negative.
struct Timedelta {
    std::int64_t days;
    std::int64_t microseconds; // of the day
};

inline Timedelta read_interval(Cell cell) {
    Reader reader(cell);
    const std::int64_t microseconds = reader.take_i64();
    const std::int64_t days = reader.take_i32();
    const std::int32_t months = reader.take_i32();
    reader.require_end();
    if (months != 0) throw Refused{"it has months or years"};
    const std::int64_t remainder = microseconds % kDay;
    const std::int64_t of_day = remainder < 0 ? remainder + kDay : remainder;
    const Timedelta value{days + floor_div(microseconds, kDay), of_day};
    constexpr std::int64_t most_days = 999'999'999;
    if (value.days < -most_days || value.days > most_days) {
        throw Refused{"it is beyond the range of timedelta"};
    }
    return value;
}

// django.utils.duration.duration_string
inline void write_duration(Cell cell, Output &out) {
    const Timedelta value = read_interval(cell);
    char *at = put(out.room(kLongestTime), '"');
    if (value.days != 0) at = put(put_signed(at, value.days), ' ');
    out.ends_at(put(put_time(at, value.microseconds), '"'));
}

// django.utils.duration.duration_iso_string
inline void write_iso_duration(Cell cell, Output &out) {
    Timedelta value = read_interval(cell);
    char *at = put(out.room(kLongestTime), '"');
    if (value.days < 0) {
        *at++ = '-';
        const bool has_time = value.microseconds != 0;
        value = {-value.days - has_time, has_time ? kDay - value.microseconds : 0};
    }
    at = put(put_signed(put(at, 'P'), value.days), "DT", 2);
    const auto seconds = static_cast<unsigned>(value.microseconds / kSecond);
    at = put(put_2(at, seconds / 3600), 'H');
    at = put(put_2(at, seconds / 60 % 60), 'M');
    at = put_fraction(put_2(at, seconds % 60), static_cast<unsigned>(value.microseconds % kSecond));
    out.ends_at(put(at, "S\"", 2));
}

// str(timedelta.total_seconds()): the microseconds divided by a million, rounded once.
inline void write_seconds(Cell cell, Output &out) {
    const Timedelta value = read_interval(cell);
    constexpr std::int64_t exact = std::int64_t{1} << 53; // floats hold every whole number to here
    if (std::abs(value.days) > exact / kDay - 1) {
        throw Refused{"its microseconds are more than a float holds exactly"};
    }
    const std::int64_t microseconds = value.days * kDay + value.microseconds;
    char *at = put(out.room(kLongestFloat + 2), '"');
    at = put_float(at, static_cast<double>(microseconds) / static_cast<double>(kSecond));
    out.ends_at(put(at, '"'));
}

} // namespace rowpath
