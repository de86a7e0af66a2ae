#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace strata {

// A row's number inside a segment.
using Row = uint32_t;
inline constexpr Row kNoRow = 0xffffffffu;

// A set of rows of one segment, one bit a row in 64-bit words. Bits at and past row_count() are zero.
// Memory: row_count / 8 bytes.
class RowBitmap {
 public:
  RowBitmap() = default;
  explicit RowBitmap(uint32_t row_count, bool value = false)
      : row_count_(row_count), words_((size_t{row_count} + 63) / 64, value ? ~uint64_t{0} : 0) {
    ClearTail();
  }

  uint32_t row_count() const { return row_count_; }
  bool Test(Row row) const { return (words_[row >> 6] >> (row & 63)) & 1; }
  void Set(Row row) { words_[row >> 6] |= uint64_t{1} << (row & 63); }
  void Clear(Row row) { words_[row >> 6] &= ~(uint64_t{1} << (row & 63)); }

  uint32_t Count() const {
    uint32_t count = 0;
    for (uint64_t word : words_) count += static_cast<uint32_t>(std::popcount(word));
    return count;
  }

  void And(const RowBitmap& other) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
  }
  void Or(const RowBitmap& other) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
  }
  void Invert() {
    for (uint64_t& word : words_) word = ~word;
    ClearTail();
  }

  // Calls visit(row) for every row in the set, ascending.
  template <typename Visit>
  void ForEach(Visit&& visit) const {
    for (size_t i = 0; i < words_.size(); ++i) {
      for (uint64_t word = words_[i]; word != 0; word &= word - 1) {
        visit(static_cast<Row>(i * 64 + static_cast<size_t>(std::countr_zero(word))));
      }
    }
  }

  std::span<const uint64_t> words() const { return words_; }
  std::span<uint64_t> mutable_words() { return words_; }

  friend bool operator==(const RowBitmap&, const RowBitmap&) = default;

 private:
  void ClearTail() {
    if (row_count_ % 64 != 0) words_.back() &= (uint64_t{1} << (row_count_ % 64)) - 1;
  }

  uint32_t row_count_ = 0;
  std::vector<uint64_t> words_;
};

}  // namespace strata
