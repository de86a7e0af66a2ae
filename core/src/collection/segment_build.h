#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "collection/engine_context.h"
#include "collection/segment_handle.h"
#include "filter/attribute_index.h"
#include "lsm/memtable.h"
#include "lsm/merge_rows.h"
#include "lsm/segment_writer.h"
#include "text/text_index_builder.h"

namespace strata {

// Writes one new segment out of memtables and older segments, in bounded steps: records in key order, then
// their vectors, then the attribute index and the text index. Works on snapshots, so reads and writes go on
// meanwhile; what changed under it is sorted out by whoever publishes the result, by way of origins().
class SegmentBuild {
 public:
  // Where a row of the new segment came from.
  struct Origin {
    uint32_t source = 0;  // Position among memtables(), or after those among segments().
    Row row = 0;
    const MemRecord* record = nullptr;  // Null for a row of a segment.
  };

  // `sequence` is the last batch that the sources hold.
  SegmentBuild(EngineContext* context, const CollectionOptions& options, uint64_t sequence,
               std::vector<Memtable> memtables, std::vector<SegmentHandle> segments);
  // Hands the file to the trash, unless Take() gave it away.
  ~SegmentBuild();
  SegmentBuild(const SegmentBuild&) = delete;
  SegmentBuild& operator=(const SegmentBuild&) = delete;

  // Works until the clock passes `deadline_micros`; true when the file is written and durable. After an error
  // the build is of no further use.
  Result<bool> Step(uint64_t deadline_micros);

  // In [0, 1].
  double progress() const;

  const std::vector<Origin>& origins() const { return origins_; }  // In row order.
  const std::vector<Memtable>& memtables() const { return memtables_; }
  const std::vector<SegmentHandle>& segments() const { return segments_; }

  // The finished segment, no row dead and not wanted until published; nothing if no row was live. Once, after
  // Step() said true.
  Result<std::optional<SegmentHandle>> Take();

 private:
  enum class Phase : uint8_t { kStart, kRecords, kVectors, kIndexes, kDone };

  Result<void> Start();
  Result<void> CopyRecords(uint64_t deadline_micros);
  Result<void> CopyVectors(uint64_t deadline_micros);
  Result<void> WriteIndexes(uint64_t deadline_micros);
  bool Late(size_t rows_done, uint64_t deadline_micros) const;

  EngineContext* context_;
  CollectionOptions options_;
  std::vector<Memtable> memtables_;
  std::vector<SegmentHandle> segments_;
  FileHeader header_;

  Phase phase_ = Phase::kStart;
  std::optional<MergeRows> merge_;
  std::unique_ptr<SegmentWriter> writer_;
  std::unique_ptr<AttributeIndexBuilder> attributes_;  // Null: written.
  std::unique_ptr<TextIndexBuilder> texts_;            // Null: not wanted, or written.
  std::vector<std::unique_ptr<RowVectors>> vectors_;   // One per segment.
  std::vector<Origin> origins_;
  uint64_t row_count_expected_ = 0;
  size_t vector_rows_done_ = 0;
  bool file_begun_ = false;
};

}  // namespace strata
