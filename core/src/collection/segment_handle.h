#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "bytes/row_bitmap.h"
#include "collection/engine_context.h"
#include "collection/file_lease.h"
#include "collection/index_slot.h"
#include "filter/attribute_index.h"
#include "lsm/manifest.h"
#include "lsm/segment.h"
#include "text/inverted_index.h"

namespace strata {

// A segment as one state of the collection sees it: the immutable file, its indexes, and which rows are dead
// by now. Copying is cheap; the bitmap of dead rows is shared until someone marks a row.
struct SegmentHandle {
  std::shared_ptr<Segment> segment;
  std::shared_ptr<AttributeIndex> attributes;
  std::shared_ptr<InvertedIndex> text;  // Null: none.
  std::shared_ptr<FileLease> lease;
  std::shared_ptr<IndexSlot> index;  // Null: none built.
  std::shared_ptr<RowBitmap> dead;
  uint32_t dead_count = 0;

  FileNumber file() const { return segment->file(); }
  uint32_t live_rows() const { return segment->row_count() - dead_count; }
  bool IsDead(Row row) const { return dead->Test(row); }

  void MarkDead(Row row) {
    if (dead.use_count() > 1) dead = std::make_shared<RowBitmap>(*dead);
    dead->Set(row);
    ++dead_count;
  }

  size_t memory_bytes() const {
    return segment->memory_bytes() + attributes->memory_bytes() + (text ? text->memory_bytes() : 0) +
           (index ? index->memory_bytes() : 0);
  }

  // Whether the root names the files; see FileLease.
  void SetWanted(bool wanted) const {
    lease->set_wanted(wanted);
    if (index) index->lease().set_wanted(wanted);
  }
};

// Opens what a manifest names, or (`wanted` false) will name. kCorruption if the file is not the one that was
// written.
Result<SegmentHandle> OpenSegment(EngineContext* context, const SegmentEntry& entry, bool wanted);

}  // namespace strata
