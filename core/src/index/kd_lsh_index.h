#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "index/kd_cell_queue.h"
#include "index/kd_lsh_best.h"
#include "index/kd_lsh_cells.h"
#include "index/kd_partition.h"
#include "index/nearest.h"
#include "index/vector_index.h"
#include "quant/row_codes.h"

namespace strata {

// How far a search goes that does not say.
struct KdLshPlan {
  uint32_t probes = 1;  // Buckets whose rows are measured.
  uint32_t cells = 1;   // Cells whose buckets are scored.

  friend bool operator==(const KdLshPlan&, const KdLshPlan&) = default;
};

// A k-d tree and LSH together: the tree cuts space into cells, and each cell hashes its rows into buckets. A
// query visits cells in order of their distance, scores their buckets, and measures the rows of the best
// `probes` of all buckets scored; the caller rescores with full vectors.
//
// Each half does what the other cannot. Boxes say cheaply that most of space is far, but little about which
// row of a near cell is near; a few bits of hash say that, but only where the rows they are compared with are
// alike already: a function's slots are as fine as the cell is small. Scoring a bucket takes a nanosecond or
// two, where measuring a row takes ten to fifty, so a search that measures a twentieth of the rows of the
// tree alone is 1.3 to 2 times as fast (docs/decisions/0012-kd-lsh-buckets.md).
//
// It ends when the next cell's box is farther than the worst of the best `probes` buckets, or plan().cells
// cells' worth of matching rows were scored; so under a filter it goes on to further cells. Where few rows
// match, just those are measured. At least `count` rows are found if so many match.
//
// Memory: the tree's, KdLshCells', 4 bytes a row, and codes if there are any. One search at a time.
class KdLshIndex final : public VectorIndex {
 public:
  struct Parts {
    KdPartition partition;
    KdLshCells cells;
    std::unique_ptr<RowCodes> codes;  // In the tree's order; or null.
    KdLshPlan plan;
  };
  KdLshIndex(const CollectionOptions& options, uint32_t row_count, Parts parts);

  static Result<std::unique_ptr<VectorIndex>> Load(const CollectionOptions& options, uint32_t row_count,
                                                   SectionReader& reader);

  const KdPartition& partition() const { return parts_.partition; }
  const KdLshCells& cells() const { return parts_.cells; }
  std::span<const uint32_t> position_of() const { return position_; }
  const KdLshPlan& plan() const { return parts_.plan; }
  void set_plan(const KdLshPlan& plan) { parts_.plan = plan; }

  IndexType type() const override { return IndexType::kKdLsh; }
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
  LshView Lsh() const override;
  Result<void> Save(SectionWriter& writer) const override;

 private:
  Result<std::vector<Candidate>> Find(std::span<const float> query, const WalkParams& params,
                                      const RowBitmap* allowed, RowVectors& rows,
                                      std::vector<TraceEvent>* events, WalkCounters& counters);
  // Leaves the positions of the best `probes` buckets in positions_.
  void ProbeCells(const KdLshPlan& plan, const RowBitmap* allowed, std::vector<TraceEvent>* events,
                  WalkCounters& counters);
  // Scores the buckets of a cell and keeps those that may be among the best; how many rows match.
  uint32_t ScoreCell(const KdNode& cell, const RowBitmap* allowed);

  CollectionOptions options_;
  uint32_t row_count_;
  Parts parts_;
  std::vector<uint32_t> position_;

  // Scratch.
  KdQuery query_;
  KdCellQueue queue_;
  std::vector<float> coordinates_;
  std::vector<float> products_;
  KdLshTables tables_;
  std::vector<uint16_t> sums_;
  std::vector<uint32_t> selected_;
  KdLshBest best_;
  std::vector<uint32_t> positions_;
  std::vector<float> distances_;
};

}  // namespace strata
