#include "quant/leading_axes_trainer.h"

#include <gtest/gtest.h>

#include "env/memory_env.h"
#include "index/memory_rows.h"
#include "index/real_data.h"

namespace strata {
namespace {

size_t AxisCount(Metric metric, MemoryRows& rows, uint64_t micros = 1'000'000) {
  MemoryEnv clock;
  LeadingAxesTrainer trainer(metric, &rows);
  while (!*trainer.Step(Deadline(&clock, micros))) {
  }
  return trainer.Take().axis_count();
}

// The figures of docs/decisions/0013-codes-to-walk-on.md: 120 components of pictures, none of words.
TEST(LeadingAxesTrainerTest, TakesFewComponentsOfPicturesAndNoneOfWords) {
  STRATA_LOAD_OR_SKIP(pictures, "fashion-mnist", 5000, 1);
  MemoryRows picture_rows(pictures.dimension, pictures.base);
  EXPECT_EQ(AxisCount(Metric::kL2, picture_rows), 120u);
  STRATA_LOAD_OR_SKIP(words, "word2vec-300", 5000, 1);
  MemoryRows word_rows(words.dimension, words.base);
  EXPECT_EQ(AxisCount(Metric::kCosine, word_rows), 0u);
}

// All variance lies in a few dimensions of many; where rows are few or dimensions too, nothing would be won.
TEST(LeadingAxesTrainerTest, LeavesDotAndFewDimensionsAndFewRowsAlone) {
  const auto flat_rows = [](uint32_t row_count, uint32_t dimension) {
    std::vector<float> values(size_t{row_count} * dimension);
    const std::vector<float> varied = ClusteredVectors(row_count, 8, 3);
    for (size_t row = 0; row < row_count; ++row) {
      std::copy_n(&varied[row * 8], 8, &values[row * dimension]);
    }
    return MemoryRows(dimension, std::move(values));
  };
  MemoryRows rows = flat_rows(1000, 256), low = flat_rows(1000, 255), few = flat_rows(200, 256);
  EXPECT_EQ(AxisCount(Metric::kL2, rows), 56u);
  EXPECT_EQ(AxisCount(Metric::kL2, rows, /*micros=*/0), 56u) << "in crumbs";
  EXPECT_EQ(AxisCount(Metric::kDot, rows), 0u);
  EXPECT_EQ(AxisCount(Metric::kL2, low), 0u);
  EXPECT_EQ(AxisCount(Metric::kL2, few), 0u);
}

}  // namespace
}  // namespace strata
