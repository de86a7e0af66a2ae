#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "bytes/row_bitmap.h"
#include "file/section_file.h"
#include "quant/distance_source.h"
#include "strata/inspect.h"
#include "strata/options.h"
#include "strata/result.h"
#include "vector/row_vectors.h"

namespace strata {

// A row and how far it seems to be.
struct Candidate {
  float distance = 0;
  Row row = kNoRow;
  // It is no nearer than this, as sure as the source of the distance says; minus infinity where that says
  // nothing.
  float lower_bound = -std::numeric_limits<float>::infinity();

  // By distance, then row.
  friend bool operator==(const Candidate& a, const Candidate& b) {
    return a.distance == b.distance && a.row == b.row;
  }
  friend std::partial_ordering operator<=>(const Candidate& a, const Candidate& b) {
    const std::partial_ordering order = a.distance <=> b.distance;
    return order != 0 ? order : a.row <=> b.row;
  }
};

// What a search found at a raw distance of `source`, in the metric's own unit.
inline Candidate CandidateOf(const DistanceSource& source, Row row, float raw) {
  return {.distance = source.ToMetric(raw), .row = row, .lower_bound = source.LowerBound(row, raw)};
}

struct WalkParams {
  uint32_t count = 10;  // Candidates wanted, nearest first.
  uint32_t ef = 64;     // Candidates kept while walking, at least `count`.
  uint32_t probes = 0;  // Cells or buckets to look into; 0: the index's own default.
};

struct WalkCounters {
  uint64_t distances = 0;
  uint64_t hops = 0;
};

// A vector index over the rows of one sealed segment. Immutable once built; rows that died later still route.
// Answers are row numbers with approximate distances (in the metric's own unit): whoever asks rescores them.
class VectorIndex {
 public:
  virtual ~VectorIndex() = default;

  virtual IndexType type() const = 0;
  virtual uint32_t row_count() const = 0;
  virtual size_t memory_bytes() const = 0;

  // At most params.count candidates from `allowed` (null: every row), ascending distance. `rows` gives full
  // vectors where the index holds no codes. Fewer than asked for may come back; the caller then scans.
  virtual Result<std::vector<Candidate>> Search(std::span<const float> query, const WalkParams& params,
                                                const RowBitmap* allowed, RowVectors& rows,
                                                WalkCounters* counters) = 0;

  // Search() that records every step.
  virtual Result<std::vector<Candidate>> Trace(std::span<const float> query, const WalkParams& params,
                                               const RowBitmap* allowed, RowVectors& rows,
                                               std::vector<TraceEvent>* events) = 0;

  // Inspection; empty where the index has no such thing.
  virtual std::vector<uint32_t> LayerRows() const { return {}; }
  virtual GraphLayer Layer(uint32_t /*layer*/) const { return {}; }
  virtual Codebook Codes() const { return {}; }
  virtual KdTreeView KdTree() const { return {}; }
  virtual LshView Lsh() const { return {}; }

  virtual Result<void> Save(SectionWriter& writer) const = 0;
};

// Builds an index in bounded steps over rows that do not change meanwhile.
class VectorIndexBuilder {
 public:
  virtual ~VectorIndexBuilder() = default;
  // Works for about `micros`; true when done.
  virtual Result<bool> Step(uint64_t micros) = 0;
  virtual double progress() const = 0;  // In [0, 1].
  virtual size_t memory_bytes() const = 0;
  virtual std::unique_ptr<VectorIndex> Finish() = 0;  // Once, after Step() said true.
};

// An index to start from instead of an empty one: old row -> new row, or kNoRow where the row died.
struct ReusableIndex {
  const VectorIndex* index = nullptr;
  std::vector<Row> new_row;
};

struct IndexBuildOptions {
  CollectionOptions collection;
  uint64_t seed = 0;    // Levels of rows; fixed so that a build can be repeated.
  Env* env = nullptr;   // For the clock.
  ReusableIndex reuse;  // Optional.
};

}  // namespace strata
