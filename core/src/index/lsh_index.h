#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "index/lsh_hash_family.h"
#include "index/lsh_probes.h"
#include "index/lsh_tables.h"
#include "index/lsh_tuner.h"
#include "index/tracker.h"
#include "index/vector_index.h"
#include "index/visited_rows.h"
#include "quant/row_codes.h"

namespace strata {

// LSH tables with multi-probing and, with quantization, the codes that rows are measured by; without, full
// vectors are.
//
// A search hashes the query for all tables at once, goes through the buckets in order of their score
// (lsh_probes.h), and measures each row it meets for the first time. It ends once buckets score too much for
// a row as near as those it has: the limit is the plan's reach times the square of the distance of the
// farthest row it keeps. So a search whose neighbours are far, because they are few, because many are asked
// for, or because a filter leaves few, goes on longer by itself. With params.probes it looks into so many
// buckets a table instead, those of best score over all tables.
//
// It is never left with fewer rows than asked for while there are more, and costs at most about two scans:
// once it has cost as much as measuring every row that matches, or if from the start no more rows match than
// it is expected to measure, just that is done.
//
// One search at a time: its scratch memory is kept for the next. Memory: the tables (4 bytes a row and 10 a
// bucket, each), 4 bytes for each hash function and dimension, 1 byte a row, the codes.
class LshIndex final : public VectorIndex {
 public:
  // `codes` may be null: none.
  LshIndex(const CollectionOptions& options, uint32_t row_count, const LshPlan& plan, LshHashFamily family,
           LshTables tables, std::unique_ptr<RowCodes> codes);

  static Result<std::unique_ptr<VectorIndex>> Load(const CollectionOptions& options, uint32_t row_count,
                                                   SectionReader& reader);

  const LshPlan& plan() const { return plan_; }
  const LshHashFamily& family() const { return family_; }
  const LshTables& tables() const { return tables_; }

  IndexType type() const override { return IndexType::kLsh; }
  uint32_t row_count() const override { return row_count_; }
  size_t memory_bytes() const override;
  Result<std::vector<Candidate>> Search(std::span<const float> query, const WalkParams& params,
                                        const RowBitmap* allowed, RowVectors& rows,
                                        WalkCounters* counters) override;
  Result<std::vector<Candidate>> Trace(std::span<const float> query, const WalkParams& params,
                                       const RowBitmap* allowed, RowVectors& rows,
                                       std::vector<TraceEvent>* events) override;
  Codebook Codes() const override;
  LshView Lsh() const override;
  Result<void> Save(SectionWriter& writer) const override;

 private:
  class Probing;

  std::unique_ptr<DistanceSource> Source(std::span<const float> query, RowVectors& rows) const;
  Result<std::vector<Candidate>> ProbeOrScan(std::span<const float> query, DistanceSource& source,
                                             const WalkParams& params, const RowBitmap* allowed,
                                             const RowVectors& rows, Tracker tracker, WalkCounters& counters);

  CollectionOptions options_;
  uint32_t row_count_;
  LshPlan plan_;
  LshHashFamily family_;
  LshTables tables_;
  std::unique_ptr<RowCodes> codes_;
  // Scratch of searches.
  VisitedRows visited_;
  LshProbes probes_;
  std::vector<float> point_;
  std::vector<float> products_;
};

}  // namespace strata
