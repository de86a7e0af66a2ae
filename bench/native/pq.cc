// Product quantization: rows per second of the fast scan over blocks, of the same codes asked for row by row
// and in scattered groups, as walks do, and of 8-bit look-ups; what a query costs before its first row; and
// how long training and coding take.
//
//   bench_pq --benchmark_filter=Scan
#include <benchmark/benchmark.h>

#include <memory>
#include <random>
#include <vector>

#include "env/memory_env.h"
#include "quant/product_codes.h"
#include "vector/fast_scan.h"

namespace strata {
namespace {

constexpr uint32_t kTrainedRows = 4096;

// Rows of uniform noise, the same `distinct` ones again and again: speed does not depend on what they hold.
class NoiseRows : public RowVectors {
 public:
  NoiseRows(uint32_t dimension, uint32_t row_count) : dimension_(dimension), row_count_(row_count) {
    std::mt19937 random(1);
    values_.resize(size_t{kTrainedRows} * dimension);
    for (float& x : values_) x = static_cast<float>(random() % 1000);
  }
  uint32_t row_count() const override { return row_count_; }
  uint32_t dimension() const override { return dimension_; }
  bool Has(Row) const override { return true; }
  Result<const float*> Get(Row row) override { return Vector(row); }
  Result<std::span<const float>> Run(Row row) override {
    const size_t first = row % kTrainedRows;
    const size_t count = std::min<size_t>(kTrainedRows - first, row_count_ - row);
    return std::span(values_).subspan(first * dimension_, count * dimension_);
  }
  const float* Vector(Row row) const { return &values_[row % kTrainedRows * size_t{dimension_}]; }

 private:
  uint32_t dimension_;
  uint32_t row_count_;
  std::vector<float> values_;
};

CollectionOptions Options(uint32_t dimension, IndexType index, uint32_t bits, bool rotate = false) {
  return {.dimension = dimension,
          .metric = Metric::kL2,
          .index = index,
          .quantization = Quantization::kPq,
          .pq_bits = bits,
          .pq_rotate = rotate};
}

std::unique_ptr<RowCodes> Code(const CollectionOptions& options, NoiseRows& rows) {
  MemoryEnv clock;
  ProductCoder coder(options, 1, &rows);
  while (!*coder.Step(Deadline(&clock, 1'000'000))) {
  }
  return coder.Finish();
}

// Codes of `row_count` rows that were trained on few, and a query.
struct Coded {
  Coded(const CollectionOptions& options, uint32_t row_count)
      : rows(options.dimension, row_count), codes(Code(options, rows)) {}
  std::unique_ptr<DistanceSource> ForQuery() const {
    return codes->ForQuery({rows.Vector(3), rows.dimension()});
  }

  NoiseRows rows;
  std::unique_ptr<RowCodes> codes;
};

void BM_ScanAll(benchmark::State& state, IndexType index, uint32_t bits) {
  constexpr uint32_t kRows = 60'000;
  const Coded coded(Options(static_cast<uint32_t>(state.range(0)), index, bits), kRows);
  const auto source = coded.ForQuery();
  std::vector<float> out(kRows);
  for (auto _ : state) benchmark::DoNotOptimize(source->Run(0, kRows, out.data()));
  state.SetItemsProcessed(state.iterations() * kRows);
}
BENCHMARK_CAPTURE(BM_ScanAll, blocks, IndexType::kFlat, 4)
    ->ArgName("dimension")
    ->Arg(128)
    ->Arg(300)
    ->Arg(784);
BENCHMARK_CAPTURE(BM_ScanAll, rows, IndexType::kHnsw, 4)->ArgName("dimension")->Arg(128)->Arg(300)->Arg(784);
BENCHMARK_CAPTURE(BM_ScanAll, bits8, IndexType::kFlat, 8)->ArgName("dimension")->Arg(128)->Arg(300)->Arg(784);

void BM_Scattered(benchmark::State& state, IndexType index, uint32_t bits) {
  constexpr uint32_t kRows = 60'000;
  const Coded coded(Options(300, index, bits), kRows);
  const auto source = coded.ForQuery();
  std::mt19937 random(1);
  std::vector<Row> order(1 << 14);
  for (Row& row : order) row = static_cast<Row>(random() % kRows);
  const auto group = static_cast<size_t>(state.range(0));
  std::vector<float> out(group);
  size_t at = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(source->Distances({&order[at], group}, out.data()));
    at = (at + group) % (order.size() - group);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(group));
}
BENCHMARK_CAPTURE(BM_Scattered, rows, IndexType::kHnsw, 4)
    ->ArgName("group")
    ->Arg(1)
    ->Arg(3)
    ->Arg(5)
    ->Arg(6)
    ->Arg(8)
    ->Arg(16)
    ->Arg(32);
BENCHMARK_CAPTURE(BM_Scattered, blocks, IndexType::kFlat, 4)->ArgName("group")->Arg(32);
BENCHMARK_CAPTURE(BM_Scattered, bits8, IndexType::kHnsw, 8)->ArgName("group")->Arg(32);

void BM_ForQuery(benchmark::State& state, uint32_t bits, bool rotate) {
  const Coded coded(Options(static_cast<uint32_t>(state.range(0)), IndexType::kHnsw, bits, rotate),
                    kTrainedRows);
  for (auto _ : state) benchmark::DoNotOptimize(coded.ForQuery());
}
BENCHMARK_CAPTURE(BM_ForQuery, bits4, 4, false)->ArgName("dimension")->Arg(300)->Arg(784);
BENCHMARK_CAPTURE(BM_ForQuery, bits8, 8, false)->ArgName("dimension")->Arg(300)->Arg(784);
BENCHMARK_CAPTURE(BM_ForQuery, bits4_rotated, 4, true)->ArgName("dimension")->Arg(300)->Arg(784);

// Trains and codes 16,384 rows.
void BM_Build(benchmark::State& state, uint32_t bits, bool rotate) {
  const CollectionOptions options =
      Options(static_cast<uint32_t>(state.range(0)), IndexType::kFlat, bits, rotate);
  NoiseRows rows(options.dimension, 4 * kTrainedRows);
  for (auto _ : state) benchmark::DoNotOptimize(Code(options, rows));
  state.SetItemsProcessed(state.iterations() * rows.row_count());
}
BENCHMARK_CAPTURE(BM_Build, bits4, 4, false)->ArgName("dimension")->Arg(784)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Build, bits8, 8, false)->ArgName("dimension")->Arg(784)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Build, bits4_rotated, 4, true)
    ->ArgName("dimension")
    ->Arg(784)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace strata
