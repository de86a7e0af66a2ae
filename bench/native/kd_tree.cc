// Exact search in few dimensions: a kd-tree beside the scan of all rows, over points that fill a cube evenly
// (the hardest case) or gather in clusters. Both give the same answers
// (tests/core/index/kd_tree_index_test.cc).
#include <benchmark/benchmark.h>

#include <map>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "env/memory_env.h"
#include "index/index_kinds.h"
#include "index/nearest.h"
#include "vector/distance.h"

namespace strata {
namespace {

constexpr uint32_t kRows = 200'000;
constexpr uint32_t kQueries = 1000;

class Points : public RowVectors {
 public:
  Points(uint32_t dimension, bool clustered) : dimension_(dimension) {
    std::mt19937 random(1);
    std::uniform_real_distribution<float> even;
    std::normal_distribution<float> normal;
    std::vector<float> centres(100 * dimension);
    for (float& x : centres) x = even(random);
    for (size_t row = 0; row < kRows + kQueries; ++row) {
      const float* const centre = &centres[random() % 100 * dimension];
      for (uint32_t i = 0; i < dimension; ++i) {
        values_.push_back(clustered ? centre[i] + 0.05f * normal(random) : even(random));
      }
    }
  }
  uint32_t row_count() const override { return kRows; }
  uint32_t dimension() const override { return dimension_; }
  bool Has(Row) const override { return true; }
  Result<const float*> Get(Row row) override { return &values_[size_t{row} * dimension_]; }
  Result<std::span<const float>> Run(Row row) override {
    return std::span(values_).subspan(size_t{row} * dimension_, size_t{kRows - row} * dimension_);
  }
  std::span<const float> Query(size_t i) const {
    return std::span(values_).subspan((kRows + i) * dimension_, dimension_);
  }

 private:
  uint32_t dimension_;
  std::vector<float> values_;
};

struct Indexed {
  std::unique_ptr<Points> points;
  std::unique_ptr<VectorIndex> index;
};

Indexed& Make(uint32_t dimension, bool clustered, uint32_t cell_rows) {
  static std::map<std::tuple<uint32_t, bool, uint32_t>, Indexed> made;
  Indexed& indexed = made[{dimension, clustered, cell_rows}];
  if (!indexed.index) {
    MemoryEnv clock;
    indexed.points = std::make_unique<Points>(dimension, clustered);
    const CollectionOptions options{.dimension = dimension,
                                    .metric = Metric::kL2,
                                    .index = IndexType::kKdTree,
                                    .kd_leaf_rows = cell_rows};
    auto builder = *MakeIndexBuilder({.collection = options, .seed = 1, .env = &clock, .reuse = {}},
                                     indexed.points.get());
    while (!*builder->Step(1'000'000)) {
    }
    indexed.index = builder->Finish();
  }
  return indexed;
}

void BM_KdTree(benchmark::State& state) {
  const Indexed& indexed =
      Make(static_cast<uint32_t>(state.range(0)), state.range(1) != 0, static_cast<uint32_t>(state.range(2)));
  WalkCounters counters;
  size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(indexed.index->Search(indexed.points->Query(i++ % kQueries),
                                                   {.count = static_cast<uint32_t>(state.range(3))}, nullptr,
                                                   *indexed.points, &counters));
  }
  state.counters["rows"] =
      benchmark::Counter(static_cast<double>(counters.distances), benchmark::Counter::kAvgIterations);
  state.counters["cells"] =
      benchmark::Counter(static_cast<double>(counters.hops), benchmark::Counter::kAvgIterations);
}
BENCHMARK(BM_KdTree)
    ->ArgNames({"dimension", "clustered", "cell_rows", "k"})
    ->ArgsProduct({{2, 8}, {0, 1}, {0, 8, 16, 64}, {10}})
    ->Args({8, 0, 0, 64})
    ->Args({16, 1, 0, 10});

// As a segment without an index is searched.
void BM_Scan(benchmark::State& state) {
  Points points(static_cast<uint32_t>(state.range(0)), false);
  std::vector<float> distances(kRows);
  size_t i = 0;
  for (auto _ : state) {
    ExactDistance(Metric::kL2, points.Query(i++ % kQueries))
        .Batch(points.Run(0)->data(), kRows, distances.data());
    Nearest<Candidate> nearest(10);
    for (Row row = 0; row < kRows; ++row) nearest.Offer({distances[row], row});
    benchmark::DoNotOptimize(nearest.Take());
  }
}
BENCHMARK(BM_Scan)->ArgName("dimension")->Arg(2)->Arg(8)->Arg(16);

}  // namespace
}  // namespace strata
