// Building and walking an HNSW index over clustered vectors, in memory: inserts per second, queries per
// second and how many rows a query measures. Recall on real data is a matter of the tests
// (tests/core/index/hnsw_recall_test.cc) and of bench/js, which runs the whole engine.
#include <benchmark/benchmark.h>

#include <map>
#include <memory>
#include <random>
#include <vector>

#include "env/memory_env.h"
#include "index/index_kinds.h"

namespace strata {
namespace {

constexpr uint32_t kDimension = 128;

class MemoryRows : public RowVectors {
 public:
  explicit MemoryRows(uint32_t row_count) : row_count_(row_count), values_(size_t{row_count} * kDimension) {
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    std::vector<float> centres(100 * kDimension);
    for (float& x : centres) x = 2 * normal(random);
    for (size_t row = 0; row < row_count; ++row) {
      const size_t cluster = random() % 100;
      for (size_t i = 0; i < kDimension; ++i) {
        values_[row * kDimension + i] = centres[cluster * kDimension + i] + normal(random);
      }
    }
  }
  uint32_t row_count() const override { return row_count_; }
  uint32_t dimension() const override { return kDimension; }
  bool Has(Row) const override { return true; }
  Result<const float*> Get(Row row) override { return &values_[size_t{row} * kDimension]; }
  Result<std::span<const float>> Run(Row row) override {
    return std::span(values_).subspan(size_t{row} * kDimension);
  }

 private:
  uint32_t row_count_;
  std::vector<float> values_;
};

// Steps need a clock and nothing else of an Env.
std::unique_ptr<VectorIndex> Build(MemoryRows& rows, Env* env) {
  const CollectionOptions options{.dimension = kDimension, .metric = Metric::kL2};
  auto builder = *MakeIndexBuilder({.collection = options, .seed = 1, .env = env}, &rows);
  while (!*builder->Step(1'000'000)) {
  }
  return builder->Finish();
}

void BM_Build(benchmark::State& state) {
  MemoryRows rows(static_cast<uint32_t>(state.range(0)));
  MemoryEnv clock;
  for (auto _ : state) benchmark::DoNotOptimize(Build(rows, &clock));
  state.SetItemsProcessed(state.iterations() * rows.row_count());
}
BENCHMARK(BM_Build)->ArgName("rows")->Arg(10'000)->Unit(benchmark::kMillisecond);

void BM_Search(benchmark::State& state) {
  const auto row_count = static_cast<uint32_t>(state.range(0));
  static std::map<uint32_t, std::pair<std::unique_ptr<MemoryRows>, std::unique_ptr<VectorIndex>>> built;
  auto& [rows, index] = built[row_count];
  if (!index) {
    MemoryEnv clock;
    rows = std::make_unique<MemoryRows>(row_count);
    index = Build(*rows, &clock);
  }
  const WalkParams params{.count = 20, .ef = static_cast<uint32_t>(state.range(1))};
  WalkCounters counters;
  Row row = 0;
  for (auto _ : state) {
    // A row of the data moved a little aside.
    std::vector<float> query(*rows->Get(row), *rows->Get(row) + kDimension);
    for (size_t i = 0; i < kDimension; i += 2) query[i] += 1;
    benchmark::DoNotOptimize(index->Search(query, params, nullptr, *rows, &counters));
    row = (row + 7919) % row_count;
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["distances"] =
      benchmark::Counter(static_cast<double>(counters.distances), benchmark::Counter::kAvgIterations);
}
BENCHMARK(BM_Search)->ArgNames({"rows", "ef"})->ArgsProduct({{10'000, 50'000}, {16, 64, 256}});

}  // namespace
}  // namespace strata
