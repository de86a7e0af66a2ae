// RaBitQ: distances per second of codes that fit no cache (in random order, as in a walk) and of ones that
// do, and how long it takes to code a row and a query.
//
//   bench_rabitq --benchmark_filter=Distances
#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "quant/rabit_codes.h"

namespace strata {
namespace {

constexpr uint32_t kRowsInCache = 64;
constexpr size_t kBytesOutOfCache = size_t{128} << 20;

std::vector<float> RandomVector(uint32_t dimension) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::vector<float> vector(dimension);
  for (float& x : vector) x = normal(random);
  return vector;
}

RabitQuantizer Quantizer(const benchmark::State& state) {
  const auto dimension = static_cast<uint32_t>(state.range(0));
  return {Metric::kL2, static_cast<uint32_t>(state.range(1)), std::vector<float>(dimension), 1, 1};
}

void BM_Distances(benchmark::State& state) {
  RabitQuantizer quantizer = Quantizer(state);
  const size_t stride = TermedRows<RabitTerms>::Stride(quantizer.code_bytes());
  const uint32_t row_count = state.range(2) ? kRowsInCache : static_cast<uint32_t>(kBytesOutOfCache / stride);
  const std::vector<float> vector = RandomVector(quantizer.dimension());
  RabitCodes codes(std::move(quantizer), row_count);
  for (Row row = 0; row < row_count; row += 97) codes.Set(row, vector);
  const auto source = codes.ForQuery(vector);

  std::mt19937 random(1);
  std::vector<Row> order(1 << 18);  // So many that the codes of these rows fit no cache either.
  for (Row& row : order) row = static_cast<Row>(random() % row_count);
  constexpr size_t kGroup = 16;  // About what a walk measures at once.
  float distances[kGroup];
  size_t i = 0;
  for (auto _ : state) {
    source->Distances({&order[i++ * kGroup % order.size()], kGroup}, distances);
    benchmark::DoNotOptimize(distances);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kGroup));
}

void BM_EncodeRow(benchmark::State& state) {
  const RabitQuantizer quantizer = Quantizer(state);
  const std::vector<float> vector = RandomVector(quantizer.dimension());
  std::vector<uint8_t> code(quantizer.code_bytes());
  for (auto _ : state) benchmark::DoNotOptimize(quantizer.EncodeRow(vector, code.data()));
}

void BM_EncodeQuery(benchmark::State& state) {
  const RabitQuantizer quantizer = Quantizer(state);
  const std::vector<float> vector = RandomVector(quantizer.dimension());
  for (auto _ : state) benchmark::DoNotOptimize(quantizer.EncodeQuery(vector));
}

BENCHMARK(BM_Distances)
    ->ArgNames({"dimension", "bits", "in_cache"})
    ->ArgsProduct({{128, 300, 784}, {1, 2, 3, 4, 8}, {0, 1}});
BENCHMARK(BM_EncodeRow)->ArgNames({"dimension", "bits"})->ArgsProduct({{300, 784}, {1, 2, 4, 8}});
BENCHMARK(BM_EncodeQuery)->ArgNames({"dimension", "bits"})->ArgsProduct({{300, 784}, {1, 4}});

}  // namespace
}  // namespace strata
