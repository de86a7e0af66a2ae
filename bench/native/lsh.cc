// An LSH index over clustered vectors, in memory: building, and queries per second with how many rows and
// buckets a query looks at, by itself (probes 0) and for a number of probes. Its parts, too: hashing a query,
// and the order and look-up of buckets, which the tuner weighs against measuring rows
// (core/src/index/lsh_tuner.cc). Recall on real data is a matter of the tests
// (tests/core/index/lsh_recall_test.cc) and of bench/js.
#include <benchmark/benchmark.h>

#include <array>
#include <map>
#include <memory>
#include <random>
#include <tuple>
#include <vector>

#include "env/memory_env.h"
#include "index/index_kinds.h"
#include "index/lsh_index.h"

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
      // Clusters that are flat, as real ones are: of 12 directions.
      const size_t cluster = random() % 100;
      for (size_t i = 0; i < kDimension; ++i)
        values_[row * kDimension + i] = centres[cluster * kDimension + i];
      for (size_t direction = 0; direction < 12; ++direction) {
        const float step = normal(random);
        const float* const along = &centres[(cluster + direction + 1) % 100 * kDimension];
        for (size_t i = 0; i < kDimension; ++i) values_[row * kDimension + i] += step * along[i] / 8;
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
std::unique_ptr<VectorIndex> Build(MemoryRows& rows, Metric metric, Quantization quantization) {
  MemoryEnv clock;
  const CollectionOptions options{
      .dimension = kDimension, .metric = metric, .index = IndexType::kLsh, .quantization = quantization};
  auto builder = *MakeIndexBuilder({.collection = options, .seed = 1, .env = &clock}, &rows);
  while (!*builder->Step(1'000'000)) {
  }
  return builder->Finish();
}

void BM_LshBuild(benchmark::State& state) {
  MemoryRows rows(static_cast<uint32_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(Build(rows, Metric::kL2, Quantization::kSq8));
  state.SetItemsProcessed(state.iterations() * rows.row_count());
}
BENCHMARK(BM_LshBuild)->ArgName("rows")->Arg(10'000)->Arg(50'000)->Unit(benchmark::kMillisecond);

struct Built {
  std::unique_ptr<MemoryRows> rows;
  std::unique_ptr<VectorIndex> index;

  const LshIndex& lsh() const { return static_cast<const LshIndex&>(*index); }
  // A row of the data moved a little aside.
  std::vector<float> Query(Row row) {
    std::vector<float> query(*rows->Get(row), *rows->Get(row) + kDimension);
    for (size_t i = 0; i < kDimension; i += 2) query[i] += 0.1f;
    return query;
  }
};

Built& Index(uint32_t row_count, Metric metric, Quantization quantization) {
  static std::map<std::tuple<uint32_t, Metric, Quantization>, Built> all;
  Built& built = all[{row_count, metric, quantization}];
  if (!built.index) {
    built.rows = std::make_unique<MemoryRows>(row_count);
    built.index = Build(*built.rows, metric, quantization);
  }
  return built;
}

void BM_LshSearch(benchmark::State& state) {
  const auto row_count = static_cast<uint32_t>(state.range(0));
  Built& built =
      Index(row_count, static_cast<Metric>(state.range(1)), static_cast<Quantization>(state.range(2)));
  const WalkParams params{.count = 20, .probes = static_cast<uint32_t>(state.range(3))};
  WalkCounters counters;
  Row row = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(built.index->Search(built.Query(row), params, nullptr, *built.rows, &counters));
    row = (row + 7919) % row_count;
  }
  state.SetItemsProcessed(state.iterations());
  const auto average = [](uint64_t count) {
    return benchmark::Counter(static_cast<double>(count), benchmark::Counter::kAvgIterations);
  };
  state.counters["distances"] = average(counters.distances);
  state.counters["buckets"] = average(counters.hops);
  state.counters["tables"] = built.lsh().plan().table_count;
  state.counters["hashes"] = built.lsh().plan().hash_count;
}
BENCHMARK(BM_LshSearch)
    ->ArgNames({"rows", "metric", "sq8", "probes"})
    ->ArgsProduct({{10'000, 50'000}, {0, 1}, {0, 1}, {0, 4}});

void BM_LshHashQuery(benchmark::State& state) {
  const Built& built = Index(50'000, Metric::kL2, Quantization::kSq8);
  const LshHashFamily& family = built.lsh().family();
  std::vector<float> point(family.point_stride(), 1), products(family.function_count());
  for (auto _ : state) {
    family.Project(point.data(), 1, products.data());
    benchmark::DoNotOptimize(products.data());
  }
  state.SetItemsProcessed(state.iterations() * family.function_count());
}
BENCHMARK(BM_LshHashQuery);

// The first 1,024 buckets of a query, with their rows: what a probe costs besides measuring.
void BM_LshProbe(benchmark::State& state) {
  Built& built = Index(50'000, Metric::kL2, Quantization::kSq8);
  const LshHashFamily& family = built.lsh().family();
  LshProbes probes;
  std::array<LshBucket, LshTables::kFindMax> buckets;
  std::array<std::span<const Row>, LshTables::kFindMax> rows;
  std::vector<float> point(family.point_stride()), products(family.function_count());
  constexpr size_t kBuckets = 1024;
  Row row = 0;
  for (auto _ : state) {
    family.PrepareQuery(built.Query(row).data(), point.data());
    family.Project(point.data(), 1, products.data());
    probes.Start(family, products.data(), built.lsh().plan().deviation);
    for (size_t probed = 0; probed < kBuckets; probed += buckets.size()) {
      size_t count = 0;
      while (count < buckets.size() && probes.Next(&buckets[count])) ++count;
      built.lsh().tables().Find(std::span(buckets).first(count), rows.data());
      benchmark::DoNotOptimize(rows.data());
    }
    row = (row + 7919) % 50'000;
  }
  state.SetItemsProcessed(state.iterations() * kBuckets);
}
BENCHMARK(BM_LshProbe);

}  // namespace
}  // namespace strata
