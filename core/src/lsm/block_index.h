#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bytes/row_bitmap.h"

namespace strata {

// Which record block of a segment holds a row or a key: per block its first row and a separator, the shortest
// piece of its first key that is greater than every key before it (Bayer & Unterauer, "Prefix B-Trees", TODS
// 2(1), 1977).
//
// In memory 16 bytes a block and the separators. Look-ups are binary searches.
class BlockIndex {
 public:
  struct Entry {
    uint32_t block = 0;  // In section kSegmentRecords.
    Row first_row = 0;
    uint32_t row_count = 0;
    std::string_view separator;
  };

  // Reads back what BlockIndexBuilder made. Nothing unless it covers exactly `row_count` rows, with blocks
  // below `block_count`, and blocks, rows and separators all ascend.
  static std::optional<BlockIndex> Decode(std::span<const std::byte> bytes, uint32_t row_count,
                                          size_t block_count);

  size_t size() const { return places_.size() - 1; }
  Entry operator[](size_t entry) const;
  size_t memory_bytes() const { return places_.size() * sizeof(Place) + separators_.size(); }

  // The entry that holds `row`, which is less than row_count.
  size_t EntryOfRow(Row row) const;
  // The only entry that can hold `key`, or nothing if the key is less than all separators.
  std::optional<size_t> EntryOfKey(std::string_view key) const;

 private:
  struct Place {
    uint32_t block = 0;
    Row first_row = 0;
    uint32_t separator_begin = 0;  // In separators_; it ends where that of the next place begins.
  };

  std::vector<Place> places_ = {Place{}};  // One more than there are entries, to end the last.
  std::string separators_;
};

// Collects the entries of a block index while the blocks are written.
class BlockIndexBuilder {
 public:
  // The shortest beginning of `key` that is greater than `previous`, which is less than `key`.
  static std::string_view Separator(std::string_view previous, std::string_view key);

  void Add(uint32_t block, Row first_row, std::string_view separator);
  std::string_view bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

}  // namespace strata
