// kd-lsh beside its halves and the exact scan, on real data ($STRATA_DATA/<set>): time of a query with
// rescoring, recall@10, and rows measured. `probes` is in per cent of what the index chose for a recall of
// 0.95 when it was built; raise or lower it to compare at equal recall.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "env/memory_env.h"
#include "index/index_kinds.h"
#include "index/kd_lsh_index.h"
#include "index/kd_tree_index.h"
#include "index/nearest.h"
#include "index/rescore.h"
#include "vector/distance.h"

namespace strata {
namespace {

constexpr uint32_t kK = 10;
constexpr uint32_t kCandidates = 64;  // What the engine asks an index for.

std::vector<float> ReadVectors(const std::string& stem, uint32_t* dimension) {
  std::vector<float> values;
  for (const bool bytes : {true, false}) {
    const std::unique_ptr<FILE, int (*)(FILE*)> file(
        std::fopen((stem + (bytes ? ".bvecs" : ".fvecs")).c_str(), "rb"), &std::fclose);
    int32_t d = 0;
    while (file && std::fread(&d, sizeof d, 1, file.get()) == 1) {
      *dimension = static_cast<uint32_t>(d);
      const size_t begin = values.size();
      values.resize(begin + *dimension);
      std::vector<uint8_t> row(bytes ? *dimension : *dimension * sizeof(float));
      if (std::fread(row.data(), 1, row.size(), file.get()) != row.size()) break;
      if (bytes) {
        std::ranges::copy(row, values.begin() + static_cast<ptrdiff_t>(begin));
      } else {
        std::memcpy(&values[begin], row.data(), row.size());
      }
    }
  }
  return values;
}

class RealRows : public RowVectors {
 public:
  RealRows(const std::string& name, Metric metric) : metric_(metric) {
    const char* const folder = std::getenv("STRATA_DATA");
    const std::string path = std::string(folder != nullptr ? folder : ".") + "/" + name;
    base_ = ReadVectors(path + "/base", &dimension_);
    queries_ = ReadVectors(path + "/query", &dimension_);
    for (size_t i = 0; i < query_count(); ++i) limits_.push_back(Scan(i).back().distance);
  }
  std::vector<Candidate> Scan(size_t query) const {
    std::vector<float> distances(row_count());
    ExactDistance(metric_, Query(query)).Batch(base_.data(), row_count(), distances.data());
    Nearest<Candidate> nearest(kK);
    for (Row row = 0; row < row_count(); ++row) nearest.Offer({distances[row], row});
    return nearest.Take();
  }
  size_t query_count() const { return dimension_ == 0 ? 0 : queries_.size() / dimension_; }
  std::span<const float> Query(size_t i) const {
    return std::span(queries_).subspan(i * dimension_, dimension_);
  }
  // The distance of the k-th nearest row of a query.
  float limit(size_t query) const { return limits_[query]; }
  Metric metric() const { return metric_; }

  uint32_t row_count() const override {
    return dimension_ == 0 ? 0 : static_cast<uint32_t>(base_.size() / dimension_);
  }
  uint32_t dimension() const override { return dimension_; }
  bool Has(Row) const override { return true; }
  Result<const float*> Get(Row row) override { return &base_[size_t{row} * dimension_]; }
  Result<std::span<const float>> Run(Row row) override {
    return std::span(base_).subspan(size_t{row} * dimension_);
  }

 private:
  Metric metric_;
  uint32_t dimension_ = 0;
  std::vector<float> base_;
  std::vector<float> queries_;
  std::vector<float> limits_;
};

constexpr std::pair<const char*, Metric> kSets[] = {{"fashion-mnist", Metric::kL2},
                                                    {"word2vec-300", Metric::kCosine}};

RealRows& Rows(size_t set) {
  static std::map<size_t, std::unique_ptr<RealRows>> loaded;
  std::unique_ptr<RealRows>& rows = loaded[set];
  if (!rows) rows = std::make_unique<RealRows>(kSets[set].first, kSets[set].second);
  return *rows;
}

VectorIndex& Index(size_t set, IndexType type) {
  static std::map<std::pair<size_t, IndexType>, std::unique_ptr<VectorIndex>> built;
  std::unique_ptr<VectorIndex>& index = built[{set, type}];
  if (!index) {
    MemoryEnv clock;
    RealRows& rows = Rows(set);
    const CollectionOptions options{.dimension = rows.dimension(), .metric = rows.metric(), .index = type};
    auto builder = *MakeIndexBuilder({.collection = options, .seed = 1, .env = &clock, .reuse = {}}, &rows);
    while (!*builder->Step(1'000'000)) {
    }
    index = builder->Finish();
  }
  return *index;
}

uint32_t DefaultProbes(const VectorIndex& index) {
  if (index.type() == IndexType::kKdTree) return static_cast<const KdTreeIndex&>(index).default_probes();
  if (index.type() == IndexType::kKdLsh) return static_cast<const KdLshIndex&>(index).plan().probes;
  return 0;
}

void BM_Search(benchmark::State& state, IndexType type) {
  const auto set = static_cast<size_t>(state.range(0));
  RealRows& rows = Rows(set);
  if (rows.query_count() == 0) {
    state.SkipWithError("no data: set STRATA_DATA");
    return;
  }
  state.SetLabel(kSets[set].first);
  VectorIndex& index = Index(set, type);
  const auto probes = static_cast<uint32_t>(DefaultProbes(index) * state.range(1) / 100);
  WalkCounters counters;
  double found_count = 0;
  size_t i = 0;
  for (auto _ : state) {
    const size_t query = i++ % rows.query_count();
    const auto found =
        index.Search(rows.Query(query), {.count = kCandidates, .probes = probes}, nullptr, rows, &counters);
    const ExactDistance exact(rows.metric(), rows.Query(query));
    Nearest<Candidate> nearest(kK);
    RescoreEnd end(kK);
    for (const Candidate& candidate : *found) {
      if (end.IsBefore(candidate.distance, nearest.bound())) break;
      const float distance = exact(*rows.Get(candidate.row));
      nearest.Offer({distance, candidate.row});
      end.Recomputed(candidate.distance, distance);
    }
    for (const Candidate& hit : nearest.Take()) found_count += hit.distance <= rows.limit(query);
  }
  state.counters["recall"] = benchmark::Counter(found_count / kK, benchmark::Counter::kAvgIterations);
  state.counters["rows"] =
      benchmark::Counter(static_cast<double>(counters.distances), benchmark::Counter::kAvgIterations);
}
#define STRATA_SETS ->ArgNames({"set", "probes"})->ArgsProduct({{0, 1}, {75, 100, 125}})->MinTime(0.5)
BENCHMARK_CAPTURE(BM_Search, kd_lsh, IndexType::kKdLsh) STRATA_SETS;
BENCHMARK_CAPTURE(BM_Search, kd_tree, IndexType::kKdTree) STRATA_SETS;
BENCHMARK_CAPTURE(BM_Search, lsh, IndexType::kLsh)
    ->ArgNames({"set", "probes"})
    ->Args({0, 100})
    ->Args({1, 100});

void BM_Scan(benchmark::State& state) {
  const RealRows& rows = Rows(static_cast<size_t>(state.range(0)));
  size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(rows.Scan(i++ % rows.query_count()));
}
BENCHMARK(BM_Scan)->ArgName("set")->Arg(0)->Arg(1);

}  // namespace
}  // namespace strata
