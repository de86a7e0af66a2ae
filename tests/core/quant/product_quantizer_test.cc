#include "quant/product_quantizer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "quant/product_fixture.h"
#include "quant/product_trainer.h"
#include "vector/distance.h"
#include "vector/float_kernels.h"

namespace strata {
namespace {

ProductQuantizer Train(const CollectionOptions& options, MemoryRows& rows) {
  ProductTrainer trainer(options.metric, ProductShape::For(options), 1, &rows);
  while (true) {
    const Result<bool> done = trainer.Step();
    EXPECT_THAT(done, IsOk());
    if (!done || *done) return trainer.Finish();
  }
}

std::vector<CollectionOptions> AllShapes(uint32_t dimension, uint32_t slices) {
  std::vector<CollectionOptions> all;
  for (const Metric metric : {Metric::kL2, Metric::kCosine, Metric::kDot}) {
    for (const uint32_t bits : {4, 8}) {
      for (const bool rotate : {false, true})
        all.push_back(PqOptions(dimension, metric, slices, bits, rotate));
    }
  }
  return all;
}

// 7 slices of 19 components: widths of 2 and 3, and half a byte left over.
TEST(ProductQuantizerTest, TableEntriesSumToTheDistanceOfTheDecodedVector) {
  MemoryRows rows(19, ClusteredVectors(300, 19, 1));
  for (const CollectionOptions& options : AllShapes(19, 7)) {
    SCOPED_TRACE(testing::Message() << static_cast<int>(options.metric) << " bits " << options.pq_bits
                                    << " rotated " << options.pq_rotate);
    const ProductQuantizer quantizer = Train(options, rows);
    const uint32_t centroid_count = quantizer.shape().centroid_count();
    RowMajorMatrixXf table(7, centroid_count);
    std::vector<float> query(19), prepared(19), decoded(19);
    quantizer.Prepare(rows.Vector(5).data(), 1, query.data());
    ASSERT_THAT(quantizer.FillDistanceTable(query, table), IsOk());
    for (Row row = 0; row < 50; ++row) {
      std::vector<uint8_t> code(quantizer.shape().code_bytes());
      quantizer.Prepare(rows.Vector(row).data(), 1, prepared.data());
      quantizer.Encode(prepared.data(), code.data());
      quantizer.Decode(code.data(), decoded.data());
      float sum = 0;
      for (uint32_t j = 0; j < 7; ++j) {
        sum += table(j, options.pq_bits == 8 ? code[j] : code[j / 2] >> (j % 2 * 4) & 15);
      }
      const float expected = options.metric == Metric::kDot ? -Dot(query.data(), decoded.data(), 19)
                                                            : SquaredL2(query.data(), decoded.data(), 19);
      EXPECT_NEAR(sum, expected, 1e-3f * (1 + std::fabs(expected)));
    }
  }
}

// The triangle inequality: an estimate is off by no more than the row is from what its code stands for.
TEST(ProductQuantizerTest, DistancesAreWithinTheCodingError) {
  MemoryRows rows(24, ClusteredVectors(500, 24, 2));
  for (const bool rotate : {false, true}) {
    const CollectionOptions options = PqOptions(24, Metric::kL2, 8, 4, rotate);
    const ProductQuantizer quantizer = Train(options, rows);
    RowMajorMatrixXf table(8, 16);
    std::vector<float> query(24), prepared(24), decoded(24);
    std::vector<uint8_t> code(4);
    quantizer.Prepare(rows.Vector(0).data(), 1, query.data());
    ASSERT_THAT(quantizer.FillDistanceTable(query, table), IsOk());
    for (Row row = 0; row < 200; ++row) {
      quantizer.Prepare(rows.Vector(row).data(), 1, prepared.data());
      quantizer.Encode(prepared.data(), code.data());
      quantizer.Decode(code.data(), decoded.data());
      float sum = 0;
      for (uint32_t j = 0; j < 8; ++j) sum += table(j, code[j / 2] >> (j % 2 * 4) & 15);
      const float error = std::sqrt(SquaredL2(prepared.data(), decoded.data(), 24));
      const float exact = Distance(Metric::kL2, rows.Vector(0).data(), rows.Vector(row).data(), 24);
      EXPECT_NEAR(quantizer.ToMetric(sum), exact, error + 1e-3f);
    }
  }
}

TEST(ProductQuantizerTest, ARotationKeepsLengthsAndProducts) {
  MemoryRows rows(40, ClusteredVectors(300, 40, 3));
  const ProductQuantizer quantizer = Train(PqOptions(40, Metric::kDot, 10, 4, true), rows);
  std::vector<float> a(40), b(40);
  double moved = 0;
  for (Row row = 0; row + 1 < 100; ++row) {
    quantizer.Prepare(rows.Vector(row).data(), 1, a.data());
    quantizer.Prepare(rows.Vector(row + 1).data(), 1, b.data());
    const float length = Norm(rows.Vector(row).data(), 40);
    EXPECT_NEAR(Norm(a.data(), 40), length, 1e-4f * length);
    EXPECT_NEAR(Dot(a.data(), b.data(), 40), Dot(rows.Vector(row).data(), rows.Vector(row + 1).data(), 40),
                1e-3f * length * length);
    moved += SquaredL2(a.data(), rows.Vector(row).data(), 40) / (length * length);
  }
  EXPECT_GT(moved / 100, 0.5) << "the identity would pass, too";
}

TEST(ProductQuantizerTest, CosineIgnoresLength) {
  MemoryRows rows(16, ClusteredVectors(200, 16, 4));
  const ProductQuantizer quantizer = Train(PqOptions(16, Metric::kCosine), rows);
  std::vector<float> scaled(rows.Vector(3).begin(), rows.Vector(3).end()), a(16), b(16);
  for (float& x : scaled) x *= 1024;
  quantizer.Prepare(rows.Vector(3).data(), 1, a.data());
  quantizer.Prepare(scaled.data(), 1, b.data());
  EXPECT_EQ(a, b);
}

TEST(ProductQuantizerTest, AWrongShapeOfTableIsRefused) {
  MemoryRows rows(16, ClusteredVectors(50, 16, 4));
  const ProductQuantizer quantizer = Train(PqOptions(16, Metric::kL2, 4), rows);
  const std::vector<float> query(16);
  RowMajorMatrixXf good(4, 16), few_slices(3, 16), few_centroids(4, 15);
  EXPECT_THAT(quantizer.FillDistanceTable(query, good), IsOk());
  EXPECT_THAT(quantizer.FillDistanceTable(query, few_slices), IsError(ErrorCode::kInvalidArgument));
  EXPECT_THAT(quantizer.FillDistanceTable(query, few_centroids), IsError(ErrorCode::kInvalidArgument));
  EXPECT_THAT(quantizer.FillDistanceTable(std::span(query).first(15), good),
              IsError(ErrorCode::kInvalidArgument));
}

TEST(ProductQuantizerTest, TheChosenNumberOfSlicesFillsRegistersAndStaysInBounds) {
  const auto chosen = [](uint32_t dimension, uint32_t bits) {
    return ProductShape::For(PqOptions(dimension, Metric::kL2, 0, bits)).slice_count;
  };
  EXPECT_EQ(chosen(784, 4), 192u);
  EXPECT_EQ(chosen(300, 4), 96u);
  EXPECT_EQ(chosen(128, 4), 64u);
  EXPECT_EQ(chosen(3, 4), 3u);
  EXPECT_EQ(chosen(784, 8), 96u);
  for (uint32_t dimension = 1; dimension <= kDimensionMax; dimension += 1 + dimension / 7) {
    for (const uint32_t bits : {4, 8}) {
      EXPECT_GE(chosen(dimension, bits), 1u);
      EXPECT_LE(chosen(dimension, bits), std::min(dimension, kPqSlicesMax));
    }
  }
  EXPECT_EQ(ProductShape::For(PqOptions(100, Metric::kL2, 200)).slice_count, 100u);
}

TEST(ProductQuantizerTest, RowsWithoutVarianceAndNoRowsGiveAUsableQuantizer) {
  constexpr float kMax = std::numeric_limits<float>::max();
  for (const CollectionOptions& options : AllShapes(5, 2)) {
    for (const std::vector<float>& values :
         {std::vector<float>(), std::vector<float>(50, 3.25f),
          std::vector<float>{kMax, -kMax, kMax, 0, 1, -kMax, 0, 0, 0, 0}}) {
      MemoryRows rows(5, values);
      const ProductQuantizer quantizer = Train(options, rows);
      EXPECT_THAT(ProductQuantizer::Parse(options, quantizer.Serialize()), IsOk());
      std::vector<float> prepared(5), query = {kMax, -kMax, kMax, kMax, -kMax};
      RowMajorMatrixXf table(2, quantizer.shape().centroid_count());
      quantizer.Prepare(query.data(), 1, prepared.data());
      ASSERT_THAT(quantizer.FillDistanceTable(prepared, table), IsOk());
      EXPECT_TRUE(table.allFinite());
    }
  }
}

TEST(ProductQuantizerTest, SurvivesBeingWrittenAndRead) {
  MemoryRows rows(19, ClusteredVectors(100, 19, 2));
  for (const CollectionOptions& options : AllShapes(19, 7)) {
    const ProductQuantizer before = Train(options, rows);
    const Result<ProductQuantizer> after = ProductQuantizer::Parse(options, before.Serialize());
    ASSERT_THAT(after, IsOk());
    EXPECT_EQ(after->Serialize(), before.Serialize());
    EXPECT_EQ(after->shape(), before.shape());
  }
}

TEST(ProductQuantizerTest, AChosenNumberOfSlicesIsTakenFromTheFile) {
  MemoryRows rows(19, ClusteredVectors(100, 19, 2));
  const std::vector<std::byte> bytes = Train(PqOptions(19, Metric::kL2, 7), rows).Serialize();
  const Result<ProductQuantizer> found = ProductQuantizer::Parse(PqOptions(19, Metric::kL2, 0), bytes);
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->shape().slice_count, 7u);
  EXPECT_THAT(ProductQuantizer::Parse(PqOptions(19, Metric::kL2, 6), bytes), IsError(ErrorCode::kCorruption));
}

TEST(ProductQuantizerTest, RefusesNumbersThatNoTrainingMakes) {
  MemoryRows rows(6, ClusteredVectors(50, 6, 2));
  const CollectionOptions options = PqOptions(6, Metric::kL2, 0, 4, true);
  const std::vector<std::byte> good = Train(options, rows).Serialize();
  ASSERT_THAT(ProductQuantizer::Parse(options, good), IsOk());
  const auto parse_with = [&](size_t at, auto number) {
    std::vector<std::byte> bytes = good;
    static_assert(sizeof number == 4);
    std::memcpy(bytes.data() + at, &number, sizeof number);
    return ProductQuantizer::Parse(options, bytes);
  };
  for (const uint32_t slices : {0u, 7u, kPqSlicesMax + 1, 0xffffffffu}) {
    EXPECT_THAT(parse_with(0, slices), IsError(ErrorCode::kCorruption)) << slices;
  }
  for (const uint32_t bits : {0, 5, 8}) EXPECT_THAT(parse_with(4, bits), IsError(ErrorCode::kCorruption));
  for (const uint32_t rotated : {0, 2}) EXPECT_THAT(parse_with(8, rotated), IsError(ErrorCode::kCorruption));
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                          -std::numeric_limits<float>::infinity(), 1e30f}) {
    EXPECT_THAT(parse_with(12, bad), IsError(ErrorCode::kCorruption));                        // A centroid.
    EXPECT_THAT(parse_with(12 + 4 * 16 * 6 - 4, bad), IsError(ErrorCode::kCorruption));       // The last one.
    EXPECT_THAT(parse_with(12 + 4 * 16 * 6, bad), IsError(ErrorCode::kCorruption));           // An axis.
    EXPECT_THAT(parse_with(good.size() - sizeof bad, bad), IsError(ErrorCode::kCorruption));  // The last one.
  }
  EXPECT_THAT(ProductQuantizer::Parse(options, std::span(good).first(good.size() - 1)),
              IsError(ErrorCode::kCorruption));
  EXPECT_THAT(ProductQuantizer::Parse(options, {}), IsError(ErrorCode::kCorruption));
}

}  // namespace
}  // namespace strata
