// Offsets of time zones, learned from Python one window of time at a time, and then never changed.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace rowpath {

// Unix time. The first and the last day of datetime's range are left out, so that no conversion
// of what lies between leaves the range.
constexpr std::int64_t kFirstSecond = -62'135'510'400; // 0001-01-02 00:00:00 UTC
constexpr std::int64_t kLastSecond = 253'402'214'399;  // 9999-12-30 23:59:59 UTC
constexpr int kWindowBits = 26;                        // about two years
constexpr std::int64_t kWindowSeconds = std::int64_t{1} << kWindowBits;

inline std::int64_t window_of(std::int64_t second) {
    return (second - kFirstSecond) >> kWindowBits;
}

constexpr std::int64_t kWindows = ((kLastSecond - kFirstSecond) >> kWindowBits) + 1;

struct Span {
    std::int64_t start;
    std::int64_t end; // the first second after it
    std::int32_t offset;
};

using Window = std::vector<Span>;

// One zone's windows, shared by all threads. A window is published whole, once.
class Zone {
  public:
    explicit Zone(std::int32_t fixed_offset) : always_{INT64_MIN, INT64_MAX, fixed_offset} {}
    Zone() : always_{0, 0, 0}, windows_(new std::atomic<const Window *>[kWindows]()) {}
    Zone(const Zone &) = delete;
    Zone &operator=(const Zone &) = delete;

    ~Zone() {
        for (std::int64_t i = 0; windows_ && i < kWindows; ++i) delete windows_[i].load();
    }

    bool is_fixed() const { return !windows_; }
    const Span &always() const { return always_; }

    // Null until it is published.
    const Window *window(std::int64_t index) const {
        return windows_[index].load(std::memory_order_acquire);
    }

    void publish(std::int64_t index, Window window) {
        auto learned = std::make_unique<const Window>(std::move(window));
        const Window *none = nullptr;
        if (windows_[index].compare_exchange_strong(none, learned.get())) learned.release();
    }

  private:
    Span always_;
    std::unique_ptr<std::atomic<const Window *>[]> windows_;
};

// Thrown where the offsets of a window are wanted that nobody has asked Python for yet.
struct Unlearned {
    int zone; // its position among the program's zones
    std::int64_t window;
};

// One encoding's look at a zone, which remembers the span that it was last in.
class ZoneView {
  public:
    ZoneView(const Zone *zone, int position) : zone_(zone), position_(position) {
        if (zone->is_fixed()) last_ = zone->always();
    }

    std::int32_t offset_at(std::int64_t second) {
        if (second < last_.start || second >= last_.end) last_ = span_at(second);
        return last_.offset;
    }

  private:
    Span span_at(std::int64_t second) const {
        const std::int64_t index = window_of(second);
        const Window *window = zone_->window(index);
        if (window == nullptr) throw Unlearned{position_, index};
        std::size_t i = window->size() - 1;
        while (i > 0 && second < (*window)[i].start) --i;
        return (*window)[i];
    }

    const Zone *zone_;
    int position_;
    Span last_{0, 0, 0};
};

} // namespace rowpath
