#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "env/memory_env.h"
#include "index/hnsw_fixture.h"
#include "index/index_kinds.h"
#include "index/kd_partition_builder.h"
#include "index/memory_rows.h"
#include "vector/distance.h"

namespace strata {

inline CollectionOptions KdOptions(uint32_t dimension, Metric metric, uint32_t cell_rows = 0,
                                   Quantization quantization = Quantization::kNone) {
  return {.dimension = dimension,
          .metric = metric,
          .index = IndexType::kKdTree,
          .kd_leaf_rows = cell_rows,
          .quantization = quantization};
}

inline KdPartition BuildPartition(const KdPartitionOptions& options, RowVectors& rows,
                                  uint64_t micros = 1000) {
  MemoryEnv clock;
  KdPartitionBuilder builder(options, &rows);
  while (!*builder.Step(Deadline(&clock, micros))) {
  }
  return builder.Finish();
}

// The rows that an exact scan finds, in its order.
inline std::vector<Candidate> ScanExactly(Metric metric, std::span<const float> query, const MemoryRows& rows,
                                          const RowBitmap* allowed, size_t count) {
  const ExactDistance exact(metric, query);
  std::vector<Candidate> all;
  for (Row row = 0; row < rows.row_count(); ++row) {
    if (!rows.Has(row) || (allowed != nullptr && !allowed->Test(row))) continue;
    all.push_back({exact(rows.Vector(row).data()), row});
  }
  std::ranges::sort(all);
  all.resize(std::min(all.size(), count));
  return all;
}

inline RowBitmap RandomRows(uint32_t row_count, uint32_t percent, uint32_t seed) {
  std::mt19937 random(seed);
  RowBitmap rows(row_count);
  for (Row row = 0; row < row_count; ++row) {
    if (random() % 100 < percent) rows.Set(row);
  }
  return rows;
}

}  // namespace strata
