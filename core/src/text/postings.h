#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "bytes/row_bitmap.h"

namespace strata {

// The rows that have a word, ascending, each with its frequency: how often the word stands in the row's text.
// As bytes, one or two a row for common words: for each row a varint of 2 * (rows skipped since the last) +
// (1 if the frequency is above 1), and then, if it is, a varint of the frequency. Gaps of variable bytes are
// those of Witten, Moffat & Bell, "Managing Gigabytes", 2nd ed., 1999, section 3.3.
class PostingsWriter {
 public:
  // Rows ascend; `frequency` > 0.
  void Add(Row row, uint32_t frequency);

  uint32_t row_count() const { return row_count_; }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
  Row next_row_ = 0;  // The first that may come.
  uint32_t row_count_ = 0;
};

// Reads such a list, believing nothing of it. Stands on the first row at once; at the end, and where damage
// is met, row() is kNoRow.
class PostingsReader {
 public:
  // The list of `row_count` rows, all below `row_end`, which is below kNoRow.
  PostingsReader(std::span<const std::byte> bytes, uint32_t row_count, Row row_end)
      : at_(reinterpret_cast<const char*>(bytes.data())),
        end_(at_ + bytes.size()),
        rows_left_(row_count),
        row_end_(row_end) {
    Next();
  }

  Row row() const { return row_; }
  uint32_t frequency() const { return frequency_; }
  // Whether the bytes are no list of that many rows. Certain once row() is kNoRow.
  bool damaged() const { return damaged_; }

  void Next() {
    if (rows_left_ == 0) {
      row_ = kNoRow;
      damaged_ = damaged_ || at_ != end_;
      return;
    }
    --rows_left_;
    const uint64_t gap = TakeNumber();
    const uint64_t frequency = gap % 2 == 0 ? 1 : TakeNumber();
    if (gap / 2 >= row_end_ - next_row_ || frequency - 1 > kFrequencyMax - 1) return SetDamaged();
    row_ = next_row_ + static_cast<Row>(gap / 2);
    next_row_ = row_ + 1;
    frequency_ = static_cast<uint32_t>(frequency);
  }

 private:
  static constexpr uint64_t kFrequencyMax = UINT32_MAX;

  // All bits set, which no part of a list is, if there is no number.
  uint64_t TakeNumber() {
    if (at_ != end_ && static_cast<uint8_t>(*at_) < 0x80) return static_cast<uint8_t>(*at_++);
    return TakeLongNumber();
  }
  uint64_t TakeLongNumber();
  void SetDamaged();

  const char* at_;
  const char* end_;
  uint32_t rows_left_;
  Row row_end_;
  Row next_row_ = 0;
  Row row_ = kNoRow;
  uint32_t frequency_ = 0;
  bool damaged_ = false;
};

}  // namespace strata
