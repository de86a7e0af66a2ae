#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "bytes/row_bitmap.h"
#include "strata/result.h"

namespace strata {

// Names a bucket that a search may look into.
struct LshBucket {
  float score = 0;  // How unlikely it is to hold what the search looks for.
  uint32_t table = 0;
  uint32_t key = 0;
};

// The buckets of several LSH tables, in flat arrays: rows by table and bucket, and for each bucket its key
// and where its rows begin. So saving is writing arrays, and a table is nothing but its rows in order of key.
//
// A key is found through a directory of its topmost bits, about one entry for each two buckets: keys that are
// spread evenly (p-stable) or stand for themselves (hyperplanes, whose bits are topmost) are found in one or
// two looks.
//
// Invariants (CheckInvariants() verifies them; the tests call it, and Load() once):
//   1. The keys of a table strictly ascend, and no bucket is empty.
//   2. The rows of a bucket strictly ascend.
//   3. Every table holds each hashed row exactly once.
//
// Memory: for each table 4 bytes a row and about 10 a bucket. Immutable; safe from many threads.
class LshTables {
 public:
  LshTables() = default;

  uint32_t table_count() const { return static_cast<uint32_t>(first_bucket_.size() - 1); }
  // Of each table.
  uint32_t hashed_row_count() const { return static_cast<uint32_t>(rows_.size() / table_count()); }
  uint32_t BucketCount(uint32_t table) const { return first_bucket_[table + 1] - first_bucket_[table]; }

  // The rows of a bucket, ascending; empty if there is no such bucket.
  std::span<const Row> Find(uint32_t table, uint32_t key) const;

  // The same for some buckets at once, at most kFindMax, into `rows`. Each takes three looks into memory that
  // depend on one another; those of all buckets go on at the same time.
  static constexpr size_t kFindMax = 16;
  void Find(std::span<const LshBucket> buckets, std::span<const Row>* rows) const;

  size_t memory_bytes() const;

  // kCorruption says which table breaks which rule, given that rows are those of 0..row_count-1.
  Result<void> CheckInvariants(uint32_t row_count) const;

  // The arrays as they lie in memory, for saving and showing: bucket b of all, those of a table together, has
  // keys()[b] and rows()[offsets()[b] .. offsets()[b + 1]).
  std::span<const uint32_t> first_bucket() const { return first_bucket_; }  // table_count() + 1 entries.
  std::span<const uint32_t> keys() const { return keys_; }
  std::span<const uint32_t> offsets() const { return offsets_; }  // keys().size() + 1 entries.
  std::span<const Row> rows() const { return rows_; }
  // Takes arrays that come from a file: everything in them is checked. kCorruption.
  static Result<LshTables> FromArrays(uint32_t row_count, std::vector<uint32_t> first_bucket,
                                      std::vector<uint32_t> keys, std::vector<uint32_t> offsets,
                                      std::vector<Row> rows);

 private:
  friend class LshTablesBuilder;

  // Where in directory_ a table's entries are, and how many of a key's bits number them.
  struct Directory {
    uint32_t first = 0;
    uint32_t bits = 0;
  };
  // Where in keys_ a key is, if anywhere: from [0] up to [1].
  const uint32_t* Run(uint32_t table, uint32_t key) const {
    const auto [first, bits] = directories_[table];
    return &directory_[first + (bits == 0 ? 0 : key >> (32 - bits))];
  }
  size_t Position(const uint32_t* run, uint32_t key) const;
  Result<void> CheckShape() const;
  void MakeDirectories();

  std::vector<uint32_t> first_bucket_ = {0};
  std::vector<uint32_t> keys_;
  std::vector<uint32_t> offsets_ = {0};
  std::vector<Row> rows_;
  std::vector<Directory> directories_;  // Of each table.
  std::vector<uint32_t> directory_;     // The first bucket of each run of keys, and the end of the last.
};

// Sorts rows into tables, one table at a time.
class LshTablesBuilder {
 public:
  // For rows that ascend. table_count * rows.size() must stay below 2^32.
  LshTablesBuilder(uint32_t table_count, std::vector<Row> rows);

  std::span<const Row> rows() const { return hashed_; }
  // Sets the key of row rows()[position] in `table`.
  void SetKey(uint32_t table, size_t position, uint32_t key) {
    tables_.rows_[size_t{table} * hashed_.size() + position] = key;
  }

  // Once all keys are set: sorts one more table, O(rows); true when that was the last.
  bool SortNext();
  uint32_t sorted_count() const { return tables_.table_count(); }

  size_t memory_bytes() const;
  LshTables Finish();

 private:
  uint32_t table_count_;
  std::vector<Row> hashed_;
  LshTables tables_;                            // Of tables not sorted yet, rows_ holds the keys.
  std::vector<uint64_t> pairs_, sorted_pairs_;  // A table being sorted: key above, row below.
};

}  // namespace strata
