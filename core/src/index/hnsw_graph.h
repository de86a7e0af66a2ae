#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "bytes/aligned_array.h"
#include "bytes/row_bitmap.h"
#include "strata/result.h"

namespace strata {

// Hierarchical navigable small-world graph over the rows of one sealed segment: the links alone. Distances,
// searching (hnsw_search.h) and building (hnsw_builder.h) come from elsewhere.
//
// Layer 0 links every row that has a vector; each layer above keeps about 1/M of the rows below it. Which
// layers a row is on is known before the first link is made, so all links lie in two flat arrays that never
// grow. Row r's list on layer 0 is at r * 2M: its links, then kNoRow up to 2M, so that at M = 16 it is two
// cache lines. Those above are at the r-th entry of a table of offsets: a list is its length, then the links.
//
// Malkov & Yashunin, "Efficient and robust approximate nearest neighbor search using Hierarchical Navigable
// Small World graphs", TPAMI 42(4), 2020, arXiv:1603.09320.
//
// Invariants (CheckInvariants() verifies them; the tests call it throughout building, Load() once):
//   1. A row has at most 2M neighbours on layer 0 and M above it, all distinct, none of them itself.
//   2. A neighbour on layer l is on layer l itself, hence on every layer below.
//   3. The entry row is on the topmost layer of all linked rows, or kNoRow when the graph is empty.
//
// Memory: 8M + 4 bytes a row and 4(M + 1) for each of the n / (M - 1) places above layer 0: 137 bytes a row
// at M = 16. Reading is safe from many threads; changing needs the graph to itself.
class HnswGraph {
 public:
  static constexpr uint8_t kNoLayer = 0xff;  // The level of a row that is not in the graph.
  static constexpr uint8_t kLevelMax = 30;

  HnswGraph() = default;

  // A graph without links for rows 0..levels.size() - 1. levels[r] is the topmost layer of row r, or
  // kNoLayer.
  HnswGraph(uint32_t m, std::span<const uint8_t> levels);

  uint32_t m() const { return m_; }
  uint32_t row_count() const {
    return static_cast<uint32_t>(upper_offset_.empty() ? 0 : upper_offset_.size() - 1);
  }
  uint32_t LinkCountMax(uint32_t layer) const { return layer == 0 ? 2 * m_ : m_; }

  bool Has(Row row) const { return base_[BaseStart(row)] != kAbsent; }
  // The topmost layer of `row`, which the graph Has().
  uint32_t Level(Row row) const { return upper_offset_[row + 1] - upper_offset_[row]; }

  Row entry() const { return entry_; }
  void SetEntry(Row row) { entry_ = row; }

  // The neighbours of `row` on `layer`, at most Level(row).
  std::span<const Row> Links(Row row, uint32_t layer) const {
    if (layer == 0) {
      const Row* const list = &base_[BaseStart(row)];
      return {list, BaseCount(list)};
    }
    const uint32_t* const list = Upper(row, layer);
    return {list + 1, list[0]};
  }
  // Replaces them by `links`, at most LinkCountMax(layer).
  void SetLinks(Row row, uint32_t layer, std::span<const Row> links);
  // Adds a link; false when the list is full.
  bool AddLink(Row row, uint32_t layer, Row to);

  size_t memory_bytes() const;

  // How many rows each layer has, layer 0 first.
  std::vector<uint32_t> LayerRows() const;

  // kCorruption says which row breaks which rule. O(links).
  Result<void> CheckInvariants() const;

  // The arrays as they lie in memory, for saving.
  std::span<const Row> base() const { return base_.span(); }
  std::span<const uint32_t> upper_offset() const { return upper_offset_; }
  std::span<const uint32_t> upper() const { return upper_; }
  // Takes arrays that come from a file: everything in them is checked. kCorruption.
  static Result<HnswGraph> FromArrays(uint32_t m, Row entry, AlignedArray<Row> base,
                                      std::vector<uint32_t> upper_offset, std::vector<uint32_t> upper);

 private:
  // In the place of a list on layer 0: the graph does not have the row.
  static constexpr Row kAbsent = kNoRow - 1;

  size_t BaseStart(Row row) const { return size_t{row} * 2 * m_; }
  // Lists are full or nearly so.
  size_t BaseCount(const Row* list) const {
    size_t count = 2 * size_t{m_};
    while (count > 0 && list[count - 1] == kNoRow) --count;
    return count;
  }
  const uint32_t* Upper(Row row, uint32_t layer) const {
    return &upper_[(size_t{upper_offset_[row]} + layer - 1) * (m_ + 1)];
  }
  uint32_t* Upper(Row row, uint32_t layer) {
    return const_cast<uint32_t*>(std::as_const(*this).Upper(row, layer));
  }
  Result<void> CheckShape() const;

  uint32_t m_ = 0;
  Row entry_ = kNoRow;
  AlignedArray<Row> base_;  // (rows, 2M)
  // (rows + 1): row r's lists above layer 0 are number [r] up to [r + 1] of upper_.
  std::vector<uint32_t> upper_offset_;
  // (lists, M + 1)
  std::vector<uint32_t> upper_;
};

}  // namespace strata
