// Distances per second of each kernel, with rows that fit no cache (as in a walk: in random order) and with
// ones that do.
//
//   bench_kernels --benchmark_filter=Code
#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "quant/code_rows.h"
#include "vector/code_kernels.h"
#include "vector/distance.h"

namespace strata {
namespace {

constexpr size_t kRowsInCache = 64;
constexpr size_t kBytesOutOfCache = size_t{128} << 20;

std::vector<Row> RandomOrder(size_t row_count) {
  std::mt19937 random(1);
  std::vector<Row> order(1 << 14);
  for (Row& row : order) row = static_cast<Row>(random() % row_count);
  return order;
}

void BM_Float(benchmark::State& state, Metric metric) {
  const auto dimension = static_cast<size_t>(state.range(0));
  const size_t row_count = state.range(1) ? kRowsInCache : kBytesOutOfCache / (dimension * sizeof(float));
  const std::vector<float> rows(row_count * dimension, 0.5f), query(dimension, 0.25f);
  const std::vector<Row> order = RandomOrder(row_count);
  const ExactDistance exact(metric, query);
  size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(exact(&rows[order[i++ % order.size()] * dimension]));
  state.SetItemsProcessed(state.iterations());
}

void BM_CodeDots(benchmark::State& state) {
  const size_t stride = CodeRows::Stride(static_cast<size_t>(state.range(0)));
  const size_t row_count = state.range(1) ? kRowsInCache : kBytesOutOfCache / stride;
  const std::vector<uint8_t> codes(row_count * stride, 100), query(stride, 99);
  const std::vector<Row> order = RandomOrder(row_count);
  constexpr size_t kGroup = 16;  // About what a walk measures at once.
  int32_t dots[kGroup];
  size_t i = 0;
  for (auto _ : state) {
    const std::span<const Row> group(&order[i++ * kGroup % order.size()], kGroup);
    CodeDots(query.data(), {.bytes = codes.data(), .stride = stride}, group, dots);
    benchmark::DoNotOptimize(dots);
  }
  state.SetItemsProcessed(state.iterations() * kGroup);
}

void Sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"dimension", "in_cache"})->ArgsProduct({{128, 304, 784}, {0, 1}});
}

BENCHMARK_CAPTURE(BM_Float, l2, Metric::kL2)->Apply(Sizes);
BENCHMARK_CAPTURE(BM_Float, cosine, Metric::kCosine)->Apply(Sizes);
BENCHMARK_CAPTURE(BM_Float, dot, Metric::kDot)->Apply(Sizes);
BENCHMARK(BM_CodeDots)->Apply(Sizes);

}  // namespace
}  // namespace strata
