#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bytes/row_bitmap.h"
#include "index/vector_index.h"
#include "strata/options.h"

namespace strata {

// A set of real vectors with queries, read from $STRATA_DATA (default: ../shared/data beside the repository).
struct RealData {
  uint32_t dimension = 0;
  Metric metric = Metric::kL2;
  std::vector<float> base;     // (n, dimension)
  std::vector<float> queries;  // (query_count, dimension)

  size_t query_count() const { return queries.size() / dimension; }
  std::span<const float> Query(size_t i) const { return {queries.data() + i * dimension, dimension}; }
};

// The first rows and queries of a set such as "sift-5k", or nothing, said aloud on stderr, if it is not
// there.
std::optional<RealData> LoadRealData(const std::string& name, size_t row_count_max, size_t query_count_max);

// Recall of the k nearest, counted by distance so that equals count alike: how many of the `k` best of
// `found`, rescored with the full vectors, are no farther than the k-th nearest of all `allowed` rows (null:
// all).
class RecallMeter {
 public:
  RecallMeter(const RealData& data, size_t k, const RowBitmap* allowed = nullptr);
  // In [0, 1]; 1 if fewer than k rows are allowed and all of these were found.
  double Of(size_t query, const std::vector<Candidate>& found) const;

 private:
  const RealData* data_;
  size_t k_;
  std::vector<size_t> count_;          // Of each query: min(k, allowed rows).
  std::vector<float> distance_limit_;  // Of each query.
};

// The mean recall over all queries, each answered by search(query).
template <typename Search>
double MeanRecall(const RealData& data, const RecallMeter& meter, Search&& search) {
  double sum = 0;
  for (size_t i = 0; i < data.query_count(); ++i) sum += meter.Of(i, search(data.Query(i)));
  return sum / static_cast<double>(data.query_count());
}

}  // namespace strata

// Skips the test unless the set is there.
#define STRATA_LOAD_OR_SKIP(variable, name, row_count_max, query_count_max)               \
  const auto variable##_or_none = LoadRealData(name, row_count_max, query_count_max);     \
  if (!variable##_or_none) GTEST_SKIP() << "SKIPPED, NOT PASSED: no data set " << (name); \
  const RealData& variable = *variable##_or_none
