#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "bytes/row_bitmap.h"

namespace strata {

// The candidates of a walk: those rows seen so far that are no farther than the `wanted_max`-th wanted one,
// in order of (distance, row), each opened or not. Both lists of the paper's Algorithm 2 in one: its W are
// the wanted rows in here, its C the rows not opened yet, and what C holds beyond W's last it would never
// open.
//
// A row that is not wanted (the filter keeps it out) still leads on. So the pool may grow past `wanted_max`,
// by about one over the share of wanted rows near the query.
//
// A sorted array beats two heaps at the sizes walks use: inserting moves a few hundred bytes, and finding the
// next row to open is a step to the right.
//
// Invariants: entries ascend; at most wanted_max are wanted; if exactly so many, the last entry is wanted;
// every entry before next_ is opened.
class CandidatePool {
 public:
  static constexpr Row kRowMax = (Row{1} << 30) - 1;

  struct Entry {
    float distance;
    Row row : 30;
    Row wanted : 1;
    Row opened : 1;
  };

  // Empties the pool. wanted_max is at least 1.
  void Start(size_t wanted_max) {
    entries_.clear();
    wanted_max_ = wanted_max;
    wanted_count_ = 0;
    next_ = 0;
    bound_ = std::numeric_limits<float>::infinity();
  }

  // A row farther than this is not taken.
  float bound() const { return bound_; }

  // Takes the row unless it is beyond the bound (or its distance is no number). It must not be in here
  // already.
  bool Insert(float distance, Row row, bool wanted) {
    if (!(distance <= bound_)) return false;
    const auto place = std::partition_point(entries_.begin(), entries_.end(), [&](const Entry& entry) {
      return entry.distance < distance || (entry.distance == distance && entry.row < row);
    });
    const size_t position = static_cast<size_t>(place - entries_.begin());
    if (position == entries_.size() && wanted_count_ == wanted_max_) return false;
    entries_.insert(place, {.distance = distance, .row = row & kRowMax, .wanted = wanted, .opened = false});
    wanted_count_ += wanted;
    next_ = std::min(next_, position);
    if (wanted_count_ >= wanted_max_) {
      if (wanted_count_ > wanted_max_) DropLast();
      while (!entries_.back().wanted) DropLast();
      bound_ = entries_.back().distance;
    }
    return true;
  }

  // The nearest entry that is not opened, now marked opened; null when there is none.
  const Entry* OpenNext() {
    while (next_ < entries_.size() && entries_[next_].opened) ++next_;
    if (next_ == entries_.size()) return nullptr;
    entries_[next_].opened = true;
    return &entries_[next_++];
  }

  // Lets the walk go over the same entries once more, on another layer.
  void CloseAll() {
    for (Entry& entry : entries_) entry.opened = false;
    next_ = 0;
  }

  const std::vector<Entry>& entries() const { return entries_; }

 private:
  void DropLast() {
    wanted_count_ -= entries_.back().wanted;
    entries_.pop_back();
  }

  std::vector<Entry> entries_;
  size_t wanted_max_ = 0;
  size_t wanted_count_ = 0;
  size_t next_ = 0;
  float bound_ = 0;
};

}  // namespace strata
