#include "lsm/merge_rows.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace strata {

Result<MergeRows> MergeRows::Start(std::vector<MergeSource> sources, std::string_view from) {
  MergeRows merge;
  merge.cursors_.resize(sources.size());
  for (size_t i = 0; i < sources.size(); ++i) {
    Cursor& cursor = merge.cursors_[i];
    cursor.source = std::move(sources[i]);
    cursor.current.source = i;
    if (cursor.source.segment) {
      STRATA_ASSIGN_OR_RETURN(cursor.next_row, cursor.source.segment->LowerBound(from));
    } else {
      cursor.in_memtable = cursor.source.memtable.LowerBound(from);
    }
    STRATA_ASSIGN_OR_RETURN(const bool found, Advance(cursor));
    if (found) merge.PushHeap(i);
  }
  return merge;
}

Result<void> MergeRows::Next() {
  assert(!done());
  std::ranges::pop_heap(heap_, std::ranges::greater{}, [this](size_t i) { return cursors_[i].current.key; });
  const size_t moved = heap_.back();
  heap_.pop_back();
  STRATA_ASSIGN_OR_RETURN(const bool found, Advance(cursors_[moved]));
  if (found) PushHeap(moved);
  return {};
}

Result<bool> MergeRows::Advance(Cursor& cursor) {
  MergedRow& current = cursor.current;
  if (cursor.in_memtable) {
    Memtable::Iterator& it = *cursor.in_memtable;
    if (it.done()) return false;
    const MemRecord& record = *it.record();
    current.row = cursor.next_row++;
    current.key = record.key;
    current.metadata = record.metadata;
    current.text = record.text;
    current.has_vector = !record.vector.empty();
    current.record = &record;
    it.Next();
    return true;
  }
  Segment& segment = *cursor.source.segment;
  const RowBitmap* dead = cursor.source.dead.get();
  assert(dead == nullptr || dead->row_count() == segment.row_count());
  while (cursor.next_row < segment.row_count() && dead != nullptr && dead->Test(cursor.next_row))
    ++cursor.next_row;
  if (cursor.next_row >= segment.row_count()) return false;
  current.row = cursor.next_row++;
  STRATA_ASSIGN_OR_RETURN(cursor.stored, segment.Read(current.row));
  current.key = cursor.stored.key;
  current.metadata = cursor.stored.metadata;
  current.text = cursor.stored.text;
  current.has_vector = segment.HasVector(current.row);
  return true;
}

void MergeRows::PushHeap(size_t cursor) {
  heap_.push_back(cursor);
  std::ranges::push_heap(heap_, std::ranges::greater{}, [this](size_t i) { return cursors_[i].current.key; });
}

}  // namespace strata
