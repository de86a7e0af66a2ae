#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace strata {

// How far apart two vectors a and b are. Smaller is nearer.
//   kL2      sqrt(sum (a_i - b_i)^2), in [0, inf)
//   kCosine  1 - a.b / (|a| |b|), in [0, 2]; neither vector may be zero
//   kDot     -a.b, in (-inf, inf)
enum class Metric : uint8_t { kL2 = 0, kCosine = 1, kDot = 2 };

enum class IndexType : uint8_t { kFlat = 0, kHnsw = 1, kKdTree = 2, kLsh = 3, kKdLsh = 4 };
enum class Quantization : uint8_t { kNone = 0, kSq8 = 1, kPq = 2, kRabitq = 3 };

// So many that a sum over all of them fits 16 bits in a scan (core/src/vector/fast_scan.h).
inline constexpr uint32_t kPqSlicesMax = 512;

// Fixed when the collection is made; opening it with others is kFailedPrecondition.
struct CollectionOptions {
  uint32_t dimension = 0;  // 1..kDimensionMax, or 0: records without vectors only.
  Metric metric = Metric::kCosine;
  IndexType index = IndexType::kHnsw;
  uint32_t hnsw_m = 16;                 // Links a row has per layer above 0; twice that on layer 0. 2..128.
  uint32_t hnsw_ef_construction = 200;  // Candidates weighed when linking a row. m..4096.
  // kd-tree, lsh and kd-lsh. 0: chosen from the data when an index is built.
  uint32_t kd_leaf_rows = 0;  // Rows of a cell. 0..65536.
  uint32_t lsh_tables = 0;    // 0..64.
  uint32_t lsh_hashes = 0;    // Hash functions of a table. 0..32.
  // What the choices, and how many cells or buckets a search looks into, are made for: recall@10, per mille.
  uint32_t recall_target = 950;                    // 500..999.
  Quantization quantization = Quantization::kSq8;  // Codes the walk runs on; answers are always rescored.
  // Slices a vector is cut into. 0 (chosen)..kPqSlicesMax; more than components are as many as these.
  uint32_t pq_slices = 0;
  uint32_t pq_bits = 4;      // Of the code of a slice: 4 or 8.
  bool pq_rotate = false;    // Rotate vectors first so that slices carry alike (OPQ); up to 2048 dimensions.
  uint32_t rabitq_bits = 2;  // Of a code's component: 1..8.
  std::optional<std::vector<std::string>> indexed =
      {};  // Metadata keys (dotted paths) to index; absent: all.
  // Whether segments get an inverted index of their texts. Without one, searching text reads all texts.
  bool text_index = false;

  friend bool operator==(const CollectionOptions&, const CollectionOptions&) = default;
};

enum class Durability : uint8_t {
  kRelaxed = 0,  // A write that returned survives the death of the process.
  kStrict = 1,   // A write that returned survives power loss.
};

inline constexpr size_t kMemoryBudgetDefault = size_t{2} << 30;

struct DatabaseOptions {
  Durability durability = Durability::kRelaxed;
  bool read_only = false;
  bool create_if_missing = true;
  // Refuse (kCorruption) to open a log with damage before its tail, or one that ends before what was known to
  // be durable, where the default is to restore the longest good prefix and report what was dropped.
  bool refuse_damaged_log = false;
  // Codes, graphs, memtable and cached blocks together. 0: kMemoryBudgetDefault, and of small databases
  // not all vectors stay cached (docs/decisions/0008-memory-by-default.md).
  size_t memory_budget_bytes = 0;
  size_t memtable_bytes_max = size_t{64}
                              << 20;  // A memtable this large becomes a segment. At most budget / 4.
  // Segments of fewer rows than this are searched exactly and get no vector index.
  uint32_t index_rows_min = 2000;
};

// How a search by vector and text makes one order of its two lists of candidates.
enum class FusionMethod : uint8_t {
  // Reciprocal rank fusion: the sum of 1 / (rrf_constant + rank) over the lists a record is in, ranks from 1.
  // Cormack, Clarke & Buettcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning
  // Methods", SIGIR 2009. Goes by order alone, so nothing has to be tuned.
  kRrf = 0,
  // vector_weight * nearness + (1 - vector_weight) * text score, each brought to [0, 1] by the least and the
  // greatest among its list's candidates (min-max); 0 for a list that a record is not in.
  kWeighted = 1,
};

struct FusionOptions {
  FusionMethod method = FusionMethod::kRrf;
  float rrf_constant = 60;     // Greater than 0. Larger: first ranks count less.
  float vector_weight = 0.5f;  // In [0, 1].
  uint32_t depth = 0;          // Candidates of each list; 0: 100. At least k.
};

struct SearchOptions {
  uint32_t k = 10;         // Hits wanted, 1..2^31-1; min(k, matching rows) are returned.
  uint32_t ef_search = 0;  // Candidates the walk keeps; 0: the default (64). Larger: better recall, slower.
  uint32_t probes = 0;     // kd-tree, lsh, kd-lsh: cells or buckets to look into; 0: as chosen when built.
  std::optional<float> radius = {};  // Only hits with distance <= radius.
  bool exact = false;                // Scan instead of walking: exact, O(rows).
  uint32_t rescore = 0;     // Candidates recomputed with full vectors; 0: chosen from k and ef_search.
  std::string filter = {};  // JSON object or text form (see docs/api-filters.md); empty: none.
  std::optional<std::string> text = {};  // Words to look for in the records' texts, UTF-8.
  FusionOptions fusion = {};             // Of a search that has a vector and a text.
  bool include_metadata = true;
  bool include_text = false;
  bool include_vector = false;
};

struct ScanOptions {
  std::optional<std::string> prefix = {};    // Only string ids that begin with it.
  std::optional<std::string> from_key = {};  // Encoded keys (see EncodeKey): from_key <= key < to_key.
  std::optional<std::string> to_key = {};
  std::string filter = {};
  uint64_t limit = std::numeric_limits<uint64_t>::max();
  bool include_metadata = true;
  bool include_text = true;
  bool include_vector = true;
};

}  // namespace strata
