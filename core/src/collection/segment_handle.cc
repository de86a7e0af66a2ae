#include "collection/segment_handle.h"

#include <string>

#include "collection/text_search.h"

namespace strata {

Result<SegmentHandle> OpenSegment(EngineContext* context, const SegmentEntry& entry, bool wanted) {
  SegmentHandle handle;
  STRATA_ASSIGN_OR_RETURN(handle.segment,
                          Segment::Open(context->env, context->cache.get(), entry.file, context->database));
  const uint32_t row_count = handle.segment->row_count();
  if (row_count != entry.row_count || entry.dead.row_count() != entry.row_count) {
    return Fail(ErrorCode::kCorruption, {"segment file ", entry.file, " has ", row_count,
                                         " rows, the manifest expects ", entry.row_count});
  }
  STRATA_ASSIGN_OR_RETURN(handle.attributes, AttributeIndex::Open(handle.segment->sections(), row_count));
  STRATA_ASSIGN_OR_RETURN(handle.text, OpenTextIndex(context, *handle.segment));
  handle.lease = std::make_shared<FileLease>(entry.file, context->trash, wanted);
  if (entry.index_file != 0) {
    handle.index = std::make_shared<IndexSlot>(
        std::make_shared<FileLease>(entry.index_file, context->trash, wanted), row_count);
  }
  handle.dead = std::make_shared<RowBitmap>(entry.dead);
  handle.dead_count = handle.dead->Count();
  return handle;
}

}  // namespace strata
