#pragma once

#include <vector>

#include "collection/collection_impl.h"
#include "strata/inspect.h"

namespace strata {

// Reads a collection's structures out as data. Works on the current state only.
class InspectorImpl final : public Inspector {
 public:
  InspectorImpl(EngineContext* context, Writer* writer, const CollectionImpl* collection)
      : context_(context), writer_(writer), collection_(collection) {}

  std::vector<SegmentInfo> Segments() override;
  std::vector<MemtableNode> Memtable() override;
  LsmInfo Lsm() override { return writer_->DescribeLsm(*collection_); }
  Result<GraphLayer> Graph(uint64_t segment, uint32_t layer) override;
  Result<std::vector<TraceEvent>> Trace(std::span<const float> query, uint32_t k,
                                        uint32_t ef_search) override;
  Result<KdTreeView> KdTree(uint64_t segment) override;
  Result<LshView> Lsh(uint64_t segment) override;
  Result<Codebook> Codebooks(uint64_t segment) override;
  Result<Projection> ProjectPca(uint32_t points_max) override;
  Result<RecordId> IdOf(uint64_t segment, uint32_t row) override;
  std::vector<MemoryPart> Memory() override;

 private:
  Result<const SegmentHandle*> FindSegment(uint64_t segment) const;
  Result<VectorIndex*> FindIndex(uint64_t segment) const;

  EngineContext* context_;
  Writer* writer_;
  const CollectionImpl* collection_;
};

}  // namespace strata
