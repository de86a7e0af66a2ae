#pragma once

#include <cstdint>

#include "text/postings.h"

namespace strata {

// The postings of one term while texts are read word by word: counts the occurrences in the current row, and
// writes them down when the next row comes.
class TermPostings {
 public:
  // One occurrence in `row`. Rows do not descend.
  void Count(Row row) {
    if (row != row_) {
      End();
      row_ = row;
    }
    ++frequency_;
  }

  // Writes down the last row. Nothing is counted after it.
  void End() {
    if (frequency_ != 0) postings_.Add(row_, frequency_);
    frequency_ = 0;
  }

  const PostingsWriter& postings() const { return postings_; }

 private:
  PostingsWriter postings_;
  Row row_ = kNoRow;
  uint32_t frequency_ = 0;
};

}  // namespace strata
