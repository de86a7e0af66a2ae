#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "index/kd_cell_queue.h"
#include "index/kd_partition.h"
#include "index/nearest.h"
#include "index/vector_index.h"
#include "quant/row_codes.h"

namespace strata {

// A k-d tree whose cells are visited nearest first, until no unvisited one can hold a better row (an exact
// answer) or `probes` cells' worth of rows were measured.
//
// What cells hold lies in their order, so visiting one reads memory in one run. In up to kVectorDimensionMax
// dimensions that is the vectors themselves, for a code would be hardly smaller: there distances are exact,
// and so is the answer of an unbounded search, bit for bit that of an exact scan (see KdSpace). In more
// dimensions it is the codes of the collection's quantization, or nothing; then boxes keep few cells out and
// the search is bounded.
//
// A filtered search visits cells likewise but measures only rows that match, as many of them as an unfiltered
// one measures, and goes on until `count` were found. Where fewer rows match than there are cells, measuring
// all that match is cheaper, and done.
//
// Memory: the tree's (see KdTree), 4 bytes a row, and vectors or codes. One search at a time.
class KdTreeIndex final : public VectorIndex {
 public:
  static constexpr uint32_t kVectorDimensionMax = 32;
  static constexpr uint32_t kExact = UINT32_MAX;  // As default_probes.

  struct Parts {
    KdPartition partition;
    std::vector<float> vectors;       // (rows, dimension) in the tree's order; or empty,
    std::unique_ptr<RowCodes> codes;  // and codes in that order; or null.
    uint32_t default_probes = kExact;
  };
  KdTreeIndex(const CollectionOptions& options, uint32_t row_count, Parts parts);

  static Result<std::unique_ptr<VectorIndex>> Load(const CollectionOptions& options, uint32_t row_count,
                                                   SectionReader& reader);
  static bool HoldsVectors(const CollectionOptions& options) {
    return options.dimension <= kVectorDimensionMax;
  }

  const KdPartition& partition() const { return parts_.partition; }
  // Of each row in the tree's order; kNoRow if it is not in the tree.
  std::span<const uint32_t> position_of() const { return position_; }
  // What a search visits that does not say.
  uint32_t default_probes() const { return parts_.default_probes; }
  void set_default_probes(uint32_t probes) { parts_.default_probes = probes; }

  // Where distances come from: its rows are positions in the tree's order. `query` and `ordered`, the rows in
  // that order, outlive it.
  std::unique_ptr<DistanceSource> SourceFor(std::span<const float> query, RowVectors& ordered) const;

  IndexType type() const override { return IndexType::kKdTree; }
  uint32_t row_count() const override { return row_count_; }
  size_t memory_bytes() const override;
  Result<std::vector<Candidate>> Search(std::span<const float> query, const WalkParams& params,
                                        const RowBitmap* allowed, RowVectors& rows,
                                        WalkCounters* counters) override;
  Result<std::vector<Candidate>> Trace(std::span<const float> query, const WalkParams& params,
                                       const RowBitmap* allowed, RowVectors& rows,
                                       std::vector<TraceEvent>* events) override;
  Codebook Codes() const override;
  KdTreeView KdTree() const override { return parts_.partition.View(); }
  Result<void> Save(SectionWriter& writer) const override;

 private:
  Result<std::vector<Candidate>> Find(std::span<const float> query, const WalkParams& params,
                                      const RowBitmap* allowed, RowVectors& rows,
                                      std::vector<TraceEvent>* events, WalkCounters& counters);
  Result<std::vector<Candidate>> ScanMatches(DistanceSource& source, size_t count, const RowBitmap& allowed,
                                             WalkCounters& counters);
  // Measures the rows of a cell and offers them. False when a row could not be read.
  bool VisitCell(const KdNode& cell, const RowBitmap* allowed, DistanceSource& source,
                 Nearest<Candidate>& nearest, std::vector<TraceEvent>* events, WalkCounters& counters);

  CollectionOptions options_;
  uint32_t row_count_;
  Parts parts_;
  std::vector<uint32_t> position_;

  // Scratch.
  KdQuery query_;
  KdCellQueue queue_;
  std::vector<uint32_t> matching_;
  std::vector<float> distances_;
};

}  // namespace strata
