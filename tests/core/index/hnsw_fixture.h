#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "env/memory_env.h"
#include "index/hnsw_index.h"
#include "index/index_kinds.h"
#include "index/memory_rows.h"

namespace strata {

inline CollectionOptions HnswOptions(uint32_t dimension, Metric metric, uint32_t m = 16,
                                     uint32_t ef_construction = 200) {
  return {.dimension = dimension,
          .metric = metric,
          .index = IndexType::kHnsw,
          .hnsw_m = m,
          .hnsw_ef_construction = ef_construction,
          .quantization = Quantization::kSq8};
}

// Builds in steps of `micros` each; null if a step fails.
inline std::unique_ptr<VectorIndex> BuildIndex(const CollectionOptions& options, RowVectors& rows,
                                               ReusableIndex reuse = {}, uint64_t micros = 1'000'000,
                                               uint64_t seed = 42) {
  MemoryEnv clock;
  auto builder = MakeIndexBuilder(
      {.collection = options, .seed = seed, .env = &clock, .reuse = std::move(reuse)}, &rows);
  if (!builder) return nullptr;
  for (;;) {
    const Result<bool> done = (*builder)->Step(micros);
    if (!done) return nullptr;
    if (*done) return (*builder)->Finish();
  }
}

inline const HnswGraph& GraphOf(const VectorIndex& index) {
  return static_cast<const HnswIndex&>(index).graph();
}

}  // namespace strata
