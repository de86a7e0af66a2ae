#include "index/real_data.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "source_dir.h"
#include "vector/distance.h"

namespace strata {
namespace {

std::string Folder() {
  const char* const folder = std::getenv("STRATA_DATA");
  return folder != nullptr ? folder : STRATA_SOURCE_DIR "/../shared/data";
}

// The rows of a .bvecs or .fvecs file: each an int32 d, then d bytes or floats.
std::vector<float> ReadVectors(const std::string& path, size_t component_bytes, size_t row_count_max,
                               uint32_t* dimension) {
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  std::vector<float> values;
  int32_t d = 0;
  for (size_t row = 0; file && row < row_count_max && std::fread(&d, sizeof d, 1, file.get()) == 1; ++row) {
    std::vector<unsigned char> bytes(static_cast<size_t>(d) * component_bytes);
    if (std::fread(bytes.data(), 1, bytes.size(), file.get()) != bytes.size()) break;
    for (size_t i = 0; i < bytes.size(); i += component_bytes) {
      float x = bytes[i];
      if (component_bytes == sizeof x) std::memcpy(&x, &bytes[i], sizeof x);
      values.push_back(x);
    }
    *dimension = static_cast<uint32_t>(d);
  }
  return values;
}

std::vector<float> ReadSet(const std::string& stem, size_t row_count_max, uint32_t* dimension) {
  std::vector<float> values = ReadVectors(stem + ".bvecs", 1, row_count_max, dimension);
  return values.empty() ? ReadVectors(stem + ".fvecs", sizeof(float), row_count_max, dimension) : values;
}

}  // namespace

std::optional<RealData> LoadRealData(const std::string& name, size_t row_count_max, size_t query_count_max) {
  const std::string folder = Folder() + "/" + name;
  RealData data;
  data.base = ReadSet(folder + "/base", row_count_max, &data.dimension);
  data.queries = ReadSet(folder + "/query", query_count_max, &data.dimension);
  data.metric = name == "fashion-mnist" || name == "sift-5k" ? Metric::kL2 : Metric::kCosine;
  if (!data.base.empty() && !data.queries.empty()) return data;
  std::fprintf(stderr, "NO DATA in %s: what needs it is skipped. Set STRATA_DATA.\n", folder.c_str());
  return std::nullopt;
}

RecallMeter::RecallMeter(const RealData& data, size_t k, const RowBitmap* allowed) : data_(&data), k_(k) {
  const size_t row_count = data.base.size() / data.dimension;
  for (size_t i = 0; i < data.query_count(); ++i) {
    const ExactDistance exact(data.metric, data.Query(i));
    std::vector<float> distances;
    for (size_t row = 0; row < row_count; ++row) {
      if (allowed == nullptr || allowed->Test(static_cast<Row>(row))) {
        distances.push_back(exact(&data.base[row * data.dimension]));
      }
    }
    std::ranges::sort(distances);
    count_.push_back(std::min(k, distances.size()));
    distance_limit_.push_back(distances.empty() ? 0 : distances[count_.back() - 1]);
  }
}

double RecallMeter::Of(size_t query, const std::vector<Candidate>& found) const {
  if (count_[query] == 0) return 1;
  const ExactDistance exact(data_->metric, data_->Query(query));
  size_t hits = 0;
  for (const Candidate& candidate : found) {
    hits += exact(&data_->base[size_t{candidate.row} * data_->dimension]) <= distance_limit_[query];
  }
  return static_cast<double>(std::min(hits, count_[query])) / static_cast<double>(count_[query]);
}

namespace {

// The yardstick itself is measured, against the ground truth that comes with the data.
TEST(RealDataTest, ExactDistancesAgreeWithTheStoredGroundTruth) {
  for (const char* const name : {"sift-5k", "docs-lsa", "web-bible"}) {
    SCOPED_TRACE(name);
    STRATA_LOAD_OR_SKIP(data, name, SIZE_MAX, 50);
    uint32_t truth_count = 0;
    const std::vector<float> truth = ReadVectors(Folder() + "/" + name + "/truth_dist.fvecs", sizeof(float),
                                                 data.query_count(), &truth_count);
    ASSERT_GE(truth_count, 10u);
    for (size_t i = 0; i < data.query_count(); ++i) {
      const ExactDistance exact(data.metric, data.Query(i));
      std::vector<float> distances(data.base.size() / data.dimension);
      exact.Batch(data.base.data(), distances.size(), distances.data());
      std::ranges::sort(distances);
      for (size_t j = 0; j < 10; ++j)
        ASSERT_NEAR(distances[j], truth[i * truth_count + j], 2e-5f * (1 + distances[j]));
    }
  }
}

}  // namespace
}  // namespace strata
