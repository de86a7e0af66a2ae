#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "strata/record.h"
#include "strata/result.h"

namespace strata {

struct SegmentInfo {
  uint64_t file = 0;
  uint64_t index_file = 0;  // 0: not built (yet).
  uint32_t rows = 0;
  uint32_t dead_rows = 0;
  uint64_t bytes = 0;
  std::string index;                 // "hnsw", "flat", "building", "none", "damaged".
  std::vector<uint32_t> layer_rows;  // HNSW: rows per layer, layer 0 first.
};

struct MemtableNode {
  RecordId id;
  int32_t left = -1;  // Positions in the array of nodes; -1: none.
  int32_t right = -1;
  int32_t height = 1;
  int32_t balance = 0;  // Height of the left subtree minus that of the right; -1, 0 or 1.
};

struct LsmInfo {
  uint64_t log_file = 0;
  uint64_t log_bytes = 0;
  uint64_t sequence = 0;
  uint64_t durable_sequence = 0;
  std::vector<std::string> pending;  // Plans due, as sentences: "merge segments 4, 7, 9", "index segment 12".
  std::vector<std::string> done;     // The last 64 carried out.
};

// One layer of a segment's HNSW graph: row `rows[i]` links to `links[offsets[i] .. offsets[i + 1])`.
struct GraphLayer {
  std::vector<uint32_t> rows;
  std::vector<uint32_t> offsets;  // rows.size() + 1 entries.
  std::vector<uint32_t> links;
};

// A node of a kd-tree: it sends the rows whose coordinate on `axis` is below `value` to the left.
struct KdTreeNode {
  int32_t left = -1;  // Positions in the array of nodes; -1: none, the node is a cell.
  int32_t right = -1;
  uint32_t axis = 0;
  float value = 0;
  uint32_t first = 0;  // Its rows are rows[first .. first + count).
  uint32_t count = 0;
};

// The kd-tree of a segment. Coordinate j of a row is axes[j] . (place - mean), where the row's place is its
// vector times a power of two (l2), at length one (cosine), or with a component more that makes all places
// equally long (dot).
struct KdTreeView {
  uint32_t dimension = 0;  // Of places.
  uint32_t axis_count = 0;
  std::vector<float> mean;
  std::vector<float> axes;        // (axis_count, dimension) row-major, orthonormal.
  std::vector<KdTreeNode> nodes;  // Root first (pre-order); empty without an index.
  std::vector<uint32_t> rows;     // Cell by cell.
};

// What a search did, in order.
struct TraceEvent {
  enum class Kind : uint8_t { kEnterLayer = 0, kOpen = 1, kKeep = 2, kPrune = 3, kRescore = 4, kProbe = 5 };
  Kind kind = Kind::kEnterLayer;
  uint64_t segment = 0;
  uint32_t layer = 0;  // LSH: table; kd-tree: number of the cell, counted from the left.
  uint32_t from = 0;   // Row that was open; LSH, kd-tree: the row itself; kProbe: key of the bucket, or 0.
  uint32_t to = 0;     // Row whose distance was computed; kProbe: rows of the bucket or cell.
  float distance = 0;  // kProbe: score of the bucket (lsh_probes.h), or distance of the cell's box.
  float bound = 0;     // The distance it had to beat; kProbe: the score or distance to stop at.
};

// A segment's LSH tables. A vector's place on the ruler of function j, one of `hashes` of table j / hashes,
// is its product with hyperplanes[j * dimension ..], divided by `width`, plus offsets[j]. Its slot there is 1
// or 0 (place at least 0 or less) for "hyperplanes" and the place rounded down for "p-stable"; the slots of a
// table's functions make its bucket.
struct LshView {
  std::string kind;  // "hyperplanes", "p-stable"; empty: the segment has no LSH tables.
  uint32_t tables = 0;
  uint32_t hashes = 0;
  uint32_t dimension = 0;  // Under dot one more than the collection's: see lsh_hash_family.h.
  float width = 0;
  std::vector<float> hyperplanes;  // (tables * hashes, dimension)
  std::vector<float> offsets;      // (tables * hashes)
  // Buckets, those of a table together: b of table t, table_buckets[t] <= b < table_buckets[t + 1], has
  // keys[b] and rows[bucket_rows[b] .. bucket_rows[b + 1]).
  std::vector<uint32_t> table_buckets;
  std::vector<uint32_t> keys;
  std::vector<uint32_t> bucket_rows;
  std::vector<uint32_t> rows;
};

struct Codebook {
  std::string type;  // "sq8", "pq", "rabitq"
  uint32_t dimension = 0;
  std::vector<float> minimum;  // SQ8: value of code 0, per dimension.
  std::vector<float> step;     // SQ8: value of one code step, per dimension.
  uint32_t bits = 0;           // RaBitQ: of a code's component.
  std::vector<float> centre;   // RaBitQ: what codes are relative to; under kCosine, of normalized vectors.
  // PQ: slice j has the components dimension * j / slice_count (rounded down) up to where slice j + 1 begins.
  // Its centroids lie one after the other in `centroids`, centroid_count rows as wide as the slice, those of
  // slice 0 first. If `rotated`, their components are those of rotated vectors.
  uint32_t slice_count = 0;
  uint32_t centroid_count = 0;
  bool rotated = false;
  std::vector<float> centroids;
};

struct Projection {
  std::vector<RecordId> ids;
  std::vector<float> points;    // (n, 2) row-major.
  std::vector<float> variance;  // Share of the total variance along each axis.
};

struct MemoryPart {
  std::string name;
  uint64_t bytes = 0;
};

// Shows a collection's structures as data. Costs the normal path nothing.
class Inspector {
 public:
  virtual ~Inspector() = default;
  virtual std::vector<SegmentInfo> Segments() = 0;
  virtual std::vector<MemtableNode> Memtable() = 0;  // Root first (pre-order); empty when the memtable is.
  virtual LsmInfo Lsm() = 0;
  virtual Result<GraphLayer> Graph(uint64_t segment, uint32_t layer) = 0;
  virtual Result<std::vector<TraceEvent>> Trace(std::span<const float> query, uint32_t k,
                                                uint32_t ef_search) = 0;
  virtual Result<Codebook> Codebooks(uint64_t segment) = 0;
  // PCA of at most `points_max` live rows, drawn evenly.
  virtual Result<Projection> ProjectPca(uint32_t points_max) = 0;
  virtual Result<RecordId> IdOf(uint64_t segment, uint32_t row) = 0;
  virtual std::vector<MemoryPart> Memory() = 0;
};

}  // namespace strata
