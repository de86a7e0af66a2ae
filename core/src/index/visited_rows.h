#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "bytes/row_bitmap.h"

namespace strata {

// Which rows a walk has seen. A row is marked with the walk's epoch, so starting anew costs nothing but every
// 255th time, when the marks are wiped. One byte a row, so that the marks stay in the cache.
class VisitedRows {
 public:
  void Start(uint32_t row_count) {
    if (marks_.size() != row_count || epoch_ == UINT8_MAX) {
      marks_.assign(row_count, 0);
      epoch_ = 0;
    }
    ++epoch_;
  }

  // Whether `row` is seen for the first time.
  bool Insert(Row row) {
    const bool first = marks_[row] != epoch_;
    marks_[row] = epoch_;
    return first;
  }

  size_t memory_bytes() const { return marks_.capacity(); }

 private:
  std::vector<uint8_t> marks_;
  uint8_t epoch_ = 0;
};

}  // namespace strata
