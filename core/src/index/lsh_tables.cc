#include "index/lsh_tables.h"

#include <algorithm>
#include <array>
#include <bit>

namespace strata {
namespace {

// At most this many bits number a directory's entries.
constexpr uint32_t kDirectoryBitsMax = 24;

constexpr size_t kNowhere = SIZE_MAX;

Failure Damaged(uint32_t table, const char* what) {
  return Fail(ErrorCode::kCorruption, {"lsh table ", table, ": ", what});
}

// By the key in the upper half, stably: a pass for each of its bytes, least significant first. For its O(n),
// and since it compiles to less than std::sort.
void SortByKey(std::vector<uint64_t>* pairs, std::vector<uint64_t>* scratch) {
  scratch->resize(pairs->size());
  for (int shift = 32; shift < 64; shift += 8) {
    std::array<uint32_t, 257> start{};
    for (const uint64_t pair : *pairs) ++start[(pair >> shift & 0xff) + 1];
    for (size_t byte = 1; byte < start.size(); ++byte) start[byte] += start[byte - 1];
    for (const uint64_t pair : *pairs) (*scratch)[start[pair >> shift & 0xff]++] = pair;
    pairs->swap(*scratch);
  }
}

}  // namespace

size_t LshTables::Position(const uint32_t* run, uint32_t key) const {
  const auto end = keys_.begin() + run[1];
  const auto found = std::lower_bound(keys_.begin() + run[0], end, key);
  return found == end || *found != key ? kNowhere : static_cast<size_t>(found - keys_.begin());
}

std::span<const Row> LshTables::Find(uint32_t table, uint32_t key) const {
  std::span<const Row> rows;
  const LshBucket bucket{.table = table, .key = key};
  Find(std::span(&bucket, 1), &rows);
  return rows;
}

void LshTables::Find(std::span<const LshBucket> buckets, std::span<const Row>* rows) const {
  std::array<size_t, kFindMax> positions;
  for (size_t i = 0; i < buckets.size(); ++i) {
    positions[i] = Position(Run(buckets[i].table, buckets[i].key), buckets[i].key);
  }
  for (size_t i = 0; i < buckets.size(); ++i) {
    rows[i] = {};
    if (positions[i] == kNowhere) continue;
    const uint32_t* const offset = &offsets_[positions[i]];
    rows[i] = {rows_.data() + offset[0], offset[1] - offset[0]};
  }
}

size_t LshTables::memory_bytes() const {
  return (first_bucket_.capacity() + keys_.capacity() + offsets_.capacity() + rows_.capacity() +
          directory_.capacity()) *
             sizeof(uint32_t) +
         directories_.capacity() * sizeof(Directory);
}

Result<void> LshTables::CheckShape() const {
  const bool fits = first_bucket_.size() > 1 && first_bucket_.front() == 0 &&
                    std::ranges::is_sorted(first_bucket_) && first_bucket_.back() == keys_.size() &&
                    offsets_.size() == keys_.size() + 1 && offsets_.front() == 0 &&
                    std::ranges::is_sorted(offsets_) && offsets_.back() == rows_.size() &&
                    rows_.size() % table_count() == 0;
  if (!fits) return Fail(ErrorCode::kCorruption, "lsh tables: the arrays do not belong together");
  return {};
}

Result<void> LshTables::CheckInvariants(uint32_t row_count) const {
  STRATA_RETURN_IF_ERROR(CheckShape());
  const auto not_above = [](uint32_t a, uint32_t b) { return a >= b; };
  RowBitmap first_rows;  // Those of the first table.
  for (uint32_t table = 0; table < table_count(); ++table) {
    const auto keys = std::span(keys_).subspan(first_bucket_[table], BucketCount(table));
    if (std::ranges::adjacent_find(keys, not_above) != keys.end()) {
      return Damaged(table, "its keys do not ascend");
    }
    const size_t end_row = (size_t{table} + 1) * hashed_row_count();
    if (offsets_[first_bucket_[table + 1]] != end_row)
      return Damaged(table, "it holds too many rows or too few");
    RowBitmap rows(row_count);
    for (uint32_t bucket = first_bucket_[table]; bucket < first_bucket_[table + 1]; ++bucket) {
      const auto in_bucket =
          std::span(rows_).subspan(offsets_[bucket], offsets_[bucket + 1] - offsets_[bucket]);
      if (in_bucket.empty()) return Damaged(table, "a bucket is empty");
      if (std::ranges::adjacent_find(in_bucket, not_above) != in_bucket.end()) {
        return Damaged(table, "the rows of a bucket do not ascend");
      }
      if (in_bucket.back() >= row_count) return Damaged(table, "it holds a row that is not there");
      for (const Row row : in_bucket) rows.Set(row);
    }
    if (table == 0) first_rows = rows;
    // As many rows as bits: so none came twice.
    if (rows.Count() != hashed_row_count() || rows != first_rows) {
      return Damaged(table, "a row is missing, or there twice");
    }
  }
  return {};
}

Result<LshTables> LshTables::FromArrays(uint32_t row_count, std::vector<uint32_t> first_bucket,
                                        std::vector<uint32_t> keys, std::vector<uint32_t> offsets,
                                        std::vector<Row> rows) {
  LshTables tables;
  tables.first_bucket_ = std::move(first_bucket);
  tables.keys_ = std::move(keys);
  tables.offsets_ = std::move(offsets);
  tables.rows_ = std::move(rows);
  STRATA_RETURN_IF_ERROR(tables.CheckInvariants(row_count));
  tables.MakeDirectories();
  return tables;
}

void LshTables::MakeDirectories() {
  for (uint32_t table = 0; table < table_count(); ++table) {
    const uint32_t bits =
        std::min(kDirectoryBitsMax, static_cast<uint32_t>(std::bit_width(BucketCount(table) | 1)) - 1);
    directories_.push_back({.first = static_cast<uint32_t>(directory_.size()), .bits = bits});
    uint32_t bucket = first_bucket_[table];
    for (uint64_t entry = 0; entry <= uint64_t{1} << bits; ++entry) {
      while (bucket < first_bucket_[table + 1] && keys_[bucket] < entry << (32 - bits)) ++bucket;
      directory_.push_back(bucket);
    }
  }
}

LshTablesBuilder::LshTablesBuilder(uint32_t table_count, std::vector<Row> rows)
    : table_count_(table_count), hashed_(std::move(rows)) {
  tables_.rows_.resize(size_t{table_count} * hashed_.size());
}

bool LshTablesBuilder::SortNext() {
  const std::span<Row> in_table =
      std::span(tables_.rows_).subspan(sorted_count() * hashed_.size(), hashed_.size());
  pairs_.clear();
  for (size_t i = 0; i < in_table.size(); ++i) pairs_.push_back(uint64_t{in_table[i]} << 32 | hashed_[i]);
  SortByKey(&pairs_, &sorted_pairs_);
  for (size_t i = 0; i < in_table.size(); ++i) {
    const uint32_t key = static_cast<uint32_t>(pairs_[i] >> 32);
    in_table[i] = static_cast<Row>(pairs_[i]);
    if (i > 0 && key == tables_.keys_.back()) {
      ++tables_.offsets_.back();
    } else {
      tables_.keys_.push_back(key);
      tables_.offsets_.push_back(tables_.offsets_.back() + 1);
    }
  }
  tables_.first_bucket_.push_back(static_cast<uint32_t>(tables_.keys_.size()));
  return sorted_count() == table_count_;
}

size_t LshTablesBuilder::memory_bytes() const {
  return tables_.memory_bytes() + hashed_.capacity() * sizeof(Row) +
         (pairs_.capacity() + sorted_pairs_.capacity()) * sizeof(uint64_t);
}

LshTables LshTablesBuilder::Finish() {
  tables_.keys_.shrink_to_fit();
  tables_.offsets_.shrink_to_fit();
  tables_.MakeDirectories();
  return std::move(tables_);
}

}  // namespace strata
