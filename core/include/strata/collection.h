#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strata/inspect.h"
#include "strata/options.h"
#include "strata/record.h"
#include "strata/result.h"

namespace strata {

// A found record. `distance` is the metric's own, NaN if there is none: no vector was asked for, or the
// record has none. `score` grows with similarity: 1 / (1 + distance) for l2, 1 - distance for cosine,
// -distance for dot; of a search by text the BM25 score, above 0; of one by both what FusionOptions makes of
// them. Fields that were not asked for are empty.
struct Hit {
  RecordId id = {};
  float distance = 0;
  float score = 0;
  std::string metadata = {};
  std::optional<std::string> text = {};
  std::vector<float> vector = {};
};

// How one segment (or the memtable) was searched, and why.
struct SegmentPlan {
  uint64_t segment = 0;        // File number; 0 for the memtable.
  uint32_t rows = 0;           // Live rows.
  uint32_t matching_rows = 0;  // Live rows that the filter lets through.
  std::string strategy = {};   // "scan", "scan-matches", "walk", "walk-filtered", "none"; of a search by text
                               // "text-index", "text-scan", "none".
  std::string reason = {};     // One sentence with both numbers that decided.
};

struct SearchCounters {
  uint64_t distances_approximate = 0;  // On codes, or on full vectors during a walk.
  uint64_t distances_exact = 0;        // With full vectors: scans and rescoring.
  uint64_t hops = 0;                   // Graph nodes opened.
  uint64_t postings_read = 0;          // Pairs of a word and a row that has it.
  uint64_t texts_read = 0;             // Texts read for want of a text index.
  uint64_t blocks_read = 0;            // Blocks that had to be fetched from storage.
  uint64_t filter_micros = 0;
  uint64_t walk_micros = 0;
  uint64_t rescore_micros = 0;
  uint64_t text_micros = 0;
  uint64_t fetch_micros = 0;  // Reading ids and metadata of the hits.
};

struct SearchReply {
  std::vector<Hit> hits = {};  // Nearest first, or best first; ties by id.
  std::vector<SegmentPlan> plans =
      {};  // Filled by Explain() only. By both vector and text: those by vector first.
  SearchCounters counters;
};

// Answers of a batch search, query after query: those of query q follow the counts[0] + ... + counts[q - 1]
// before.
struct SearchManyReply {
  uint32_t k = 0;
  std::vector<RecordId> ids = {};
  std::vector<float> distances = {};
  std::vector<uint32_t> counts = {};  // Hits of each query: k, or fewer where fewer rows match.
};

// One change of one record.
struct WriteOp {
  enum class Kind : uint8_t {
    kUpsert = 0,  // Stores the record, replacing any of the same id.
    kInsert = 1,  // kAlreadyExists if the id is live, also if an earlier op of the same batch made it so.
    kUpdate = 2,  // Changes the fields that are given; metadata is merged by JSON Merge Patch (RFC 7396).
                  // kNotFound.
    kDelete = 3,  // Removes the record; an id that is not there is no error.
  };
  Kind kind = Kind::kUpsert;
  Record record = {};  // For kDelete only the id.
};

// Names one write of one client, so that sending it again after a lost reply applies it once.
struct WriteToken {
  uint64_t client = 0;   // 0: no token.
  uint64_t request = 0;  // Grows with each write of the client.
};

struct WriteReply {
  uint64_t sequence = 0;  // The batch's number; 0 when nothing had to be written.
  uint64_t changed = 0;   // Records stored or removed.
  bool repeated = false;  // The token had been applied before; nothing was done now.
};

// What a read sees: the state after one sequence, however much is written or compacted later. Cheap to make
// (no copying); keeps alive the segments it sees.
class ReadView {
 public:
  virtual ~ReadView() = default;
  virtual uint64_t sequence() const = 0;
};

// Walks records in id order over one read view.
class Cursor {
 public:
  virtual ~Cursor() = default;
  // The next records, at most `count`; empty at the end.
  virtual Result<std::vector<Record>> Next(size_t count) = 0;
};

// Called now and then during long work with the part done in [0, 1]; returning false stops the work
// (kAborted).
using Progress = std::function<bool(double)>;

// A named set of records of one dimension, stored durably and searched by distance. Owned by its Database.
// All calls of one Database must come from one thread at a time.
class Collection {
 public:
  virtual ~Collection() = default;

  virtual std::string_view name() const = 0;
  virtual const CollectionOptions& options() const = 0;

  // Applies all of `ops` or none. After it returns, the batch survives the death of the process; under
  // kStrict also power loss, unless `defer_sync` asks the caller's own Database::SyncLog() to do that for
  // many at once. kInvalidArgument names the op, what was found and what was expected; kAlreadyExists,
  // kNotFound (see WriteOp); kNoSpace, kIoError, kReadOnly, kFenced, kOutOfMemory.
  virtual Result<WriteReply> Write(std::vector<WriteOp> ops, WriteToken token = {},
                                   bool defer_sync = false) = 0;

  // Deletes every record that `filter` matches, as one batch. kInvalidArgument for a bad or empty filter.
  virtual Result<WriteReply> DeleteWhere(std::string_view filter, WriteToken token = {},
                                         bool defer_sync = false) = 0;

  // Reads below take the state now when `view` is null.
  virtual std::shared_ptr<const ReadView> View() = 0;

  // The record, or nothing. O(log n) and at most one block read per segment.
  virtual Result<std::optional<Record>> Get(const RecordId& id, const ReadView* view = nullptr) = 0;
  virtual Result<bool> Has(const RecordId& id, const ReadView* view = nullptr) = 0;

  // Live records that `filter` matches (empty: all; then O(segments)).
  virtual Result<uint64_t> Count(std::string_view filter = {}, const ReadView* view = nullptr) = 0;

  virtual Result<std::unique_ptr<Cursor>> Scan(const ScanOptions& options,
                                               std::shared_ptr<const ReadView> view = nullptr) = 0;

  // Finds the records nearest to `query` (dimension finite numbers). min(k, matching rows) hits, always.
  //
  // With SearchOptions::text and an empty `query`: the records whose texts have words of it, best first by
  // BM25; min(k, matching records that have at least one of the words) hits. With both: the candidates of
  // both searches, fused; at least min(k, matching rows) hits. What a text scores depends on all live records
  // of the view, and on nothing else: not on segments, indexes, or what was deleted.
  //
  // kInvalidArgument for a wrong length, a number that is not finite, a zero vector under kCosine, k = 0, a
  // bad filter, a radius without a vector, or fusion options out of range; kUnsupported for text in a build
  // without text search.
  virtual Result<SearchReply> Search(std::span<const float> query, const SearchOptions& options,
                                     const ReadView* view = nullptr) = 0;

  // Search() that also fills `plans`.
  virtual Result<SearchReply> Explain(std::span<const float> query, const SearchOptions& options,
                                      const ReadView* view = nullptr) = 0;

  // Searches `queries`, row-major (n, dimension). kInvalidArgument for options with a text.
  virtual Result<SearchManyReply> SearchMany(std::span<const float> queries, const SearchOptions& options,
                                             const ReadView* view = nullptr) = 0;

  virtual Inspector& inspect() = 0;
};

}  // namespace strata
