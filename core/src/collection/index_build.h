#pragma once

#include <cstdint>
#include <memory>

#include "collection/engine_context.h"
#include "collection/index_slot.h"
#include "collection/segment_build.h"
#include "collection/segment_handle.h"

namespace strata {

// Whether segments of such a collection get a vector index at all.
bool WantsIndex(const CollectionOptions& options);

// Builds and stores the vector index of one segment, in bounded steps.
class IndexBuild {
 public:
  // `segment` is searched meanwhile by scanning. When it came out of a merge, `merged` tells from which
  // segments, so that the largest graph among them is reused.
  static Result<std::unique_ptr<IndexBuild>> Start(EngineContext* context, const CollectionOptions& options,
                                                   const SegmentHandle& segment, const SegmentBuild* merged);

  // Works until the clock passes `deadline_micros`; true when the index is stored and durable.
  Result<bool> Step(uint64_t deadline_micros);
  double progress() const { return builder_ ? builder_->progress() : 1; }
  FileNumber segment() const { return segment_.file(); }
  size_t memory_bytes() const { return builder_ ? builder_->memory_bytes() : 0; }

  // The finished index, its file not wanted until published. Once, after Step() said true.
  std::shared_ptr<IndexSlot> Take() { return std::move(slot_); }

 private:
  IndexBuild(EngineContext* context, const CollectionOptions& options, const SegmentHandle& segment)
      : context_(context), options_(options), segment_(segment), rows_(segment.segment->Vectors()) {}

  Result<void> Save();

  EngineContext* context_;
  CollectionOptions options_;
  SegmentHandle segment_;
  std::shared_ptr<IndexSlot> reused_;  // Kept alive while the builder reads it.
  std::unique_ptr<RowVectors> rows_;
  std::unique_ptr<VectorIndexBuilder> builder_;
  std::shared_ptr<IndexSlot> slot_;
};

}  // namespace strata
