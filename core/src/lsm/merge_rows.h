#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "bytes/row_bitmap.h"
#include "lsm/memtable.h"
#include "lsm/segment.h"
#include "strata/result.h"

namespace strata {

// Rows to merge: those of a segment that are not dead, or a memtable's.
struct MergeSource {
  std::shared_ptr<Segment> segment;       // Null: the memtable.
  std::shared_ptr<const RowBitmap> dead;  // Null: no row is dead.
  Memtable memtable;
};

// A live row of one source. The views and `record` live until the cursor moves on; `record` and what it holds
// as long as the memtable.
struct MergedRow {
  size_t source = 0;
  Row row = 0;  // In the segment; a memtable's records are counted as they come: 0, 1, ...
  std::string_view key;
  std::string_view metadata;
  std::optional<std::string_view> text;
  bool has_vector = false;
  const MemRecord* record = nullptr;  // Null for a row of a segment.
};

// Walks the live rows of several sources in key order: a k-way merge (Knuth, TAOCP 3, section 5.4.1). No key
// is live in two sources, so rows are never compared for age.
//
// Reads at most one record ahead per source. Next(): O(log sources) comparisons and at most one record read.
// Rows that die while it walks are still reported if the bitmap it was given does not show them.
class MergeRows {
 public:
  // Stands on the first live row whose key is not less than `from`.
  static Result<MergeRows> Start(std::vector<MergeSource> sources, std::string_view from = {});

  bool done() const { return heap_.empty(); }
  // The row it stands on. Not when done().
  const MergedRow& row() const { return cursors_[heap_.front()].current; }
  // Steps to the next row. After an error the cursor is of no further use.
  Result<void> Next();

 private:
  struct Cursor {
    MergeSource source;
    Row next_row = 0;
    std::optional<Memtable::Iterator> in_memtable;
    StoredRecord stored;  // Keeps `current` alive.
    MergedRow current;
  };

  // Moves to the cursor's next live row; false at its end.
  static Result<bool> Advance(Cursor& cursor);
  void PushHeap(size_t cursor);

  std::vector<Cursor> cursors_;
  std::vector<size_t> heap_;  // Cursors that stand on a row, the least key in front.
};

}  // namespace strata
