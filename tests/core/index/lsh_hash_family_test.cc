#include "index/lsh_hash_family.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <set>
#include <vector>

#include "index/memory_rows.h"
#include "support/random.h"
#include "vector/distance.h"
#include "vector/float_kernels.h"

namespace strata {
namespace {

constexpr uint32_t kFunctions = LshHashFamily::kTableCountMax * LshHashFamily::kHashCountMax;
// Four standard deviations of a share among so many independent functions, at most.
const double kTolerance = 4 * 0.5 / std::sqrt(double{kFunctions});

LshHashFamily ManyFunctions(LshKind kind, Metric metric, uint32_t dimension, float longest = 1) {
  return LshHashFamily({.kind = kind,
                        .metric = metric,
                        .dimension = dimension,
                        .table_count = LshHashFamily::kTableCountMax,
                        .hash_count = LshHashFamily::kHashCountMax},
                       longest, /*seed=*/11);
}

std::vector<float> Products(const LshHashFamily& family, const std::vector<float>& vector,
                            bool query = false) {
  std::vector<float> point(family.point_stride()), products(family.function_count());
  query ? family.PrepareQuery(vector.data(), point.data()) : family.PrepareRow(vector.data(), point.data());
  family.Project(point.data(), 1, products.data());
  return products;
}

double ShareOfEqualSlots(const LshHashFamily& family, const std::vector<float>& a,
                         const std::vector<float>& b) {
  double equal = 0;
  for (uint32_t j = 0; j < family.function_count(); ++j) {
    equal += family.Slot(family.Place(j, a[j])) == family.Slot(family.Place(j, b[j]));
  }
  return equal / family.function_count();
}

// (cos t, sin t, 0, ...) times `length`.
std::vector<float> AtAngle(double t, size_t dimension, double length = 1) {
  std::vector<float> vector(dimension);
  vector[0] = static_cast<float>(length * std::cos(t));
  vector[1] = static_cast<float>(length * std::sin(t));
  return vector;
}

TEST(LshHashFamilyTest, HyperplanesSeparateVectorsByTheirAngleAsCharikarSays) {
  const LshHashFamily family = ManyFunctions(LshKind::kHyperplanes, Metric::kCosine, 40);
  const std::vector<float> a = Products(family, AtAngle(0, 40, 3));
  for (const double degrees : {0.0, 5.0, 30.0, 60.0, 90.0, 150.0, 180.0}) {
    const double angle = degrees / 180 * std::numbers::pi;
    EXPECT_NEAR(ShareOfEqualSlots(family, a, Products(family, AtAngle(angle, 40, 0.2))),
                HyperplaneCollisionProbability(angle), kTolerance)
        << degrees;
  }
}

TEST(LshHashFamilyTest, PStableSlotsAreSharedByDistanceAndWidthAsDatarSays) {
  LshHashFamily family = ManyFunctions(LshKind::kPStable, Metric::kL2, 40);
  const std::vector<float> a = Products(family, AtAngle(1, 40, 100));
  for (const float width : {0.5f, 4.0f}) {
    family.set_width(width);
    for (const float distance : {0.1f, 1.0f, 2.5f, 10.0f, 40.0f}) {
      std::vector<float> b = AtAngle(1, 40, 100);
      b[7] += distance;
      EXPECT_NEAR(ShareOfEqualSlots(family, a, Products(family, b)),
                  PStableCollisionProbability(distance, width), kTolerance)
          << distance << " apart, slots of " << width;
    }
  }
}

// The formula itself, against the integral of the paper: of f(t / c) / c * (1 - t / width) from 0 to width, f
// being the density of the absolute value of a normal number.
TEST(LshHashFamilyTest, ThePStableFormulaIsThePapersIntegral) {
  for (const double c : {0.3, 1.0, 5.0}) {
    const double width = 2;
    double integral = 0;
    constexpr int kSteps = 100'000;
    for (int i = 0; i < kSteps; ++i) {
      const double t = (i + 0.5) * width / kSteps;
      integral += 2 / std::sqrt(2 * std::numbers::pi) * std::exp(-t * t / (2 * c * c)) / c * (1 - t / width) *
                  width / kSteps;
    }
    EXPECT_NEAR(PStableCollisionProbability(c, width), integral, 1e-6);
  }
}

TEST(LshHashFamilyTest, UnderDotARowAndAQueryCollideByTheAngleThatTheirProductGives) {
  constexpr float kLongest = 4;
  const LshHashFamily family = ManyFunctions(LshKind::kHyperplanes, Metric::kDot, 20, kLongest);
  const std::vector<float> query = AtAngle(0, 20, 7);
  const std::vector<float> query_products = Products(family, query, /*query=*/true);
  for (const double length : {0.0, 1.0, 3.0, 4.0}) {
    const std::vector<float> row = AtAngle(0.5, 20, length);
    const double cosine = -Distance(Metric::kDot, query.data(), row.data(), 20) / (7.0 * kLongest);
    EXPECT_NEAR(ShareOfEqualSlots(family, query_products, Products(family, row)),
                HyperplaneCollisionProbability(std::acos(cosine)), kTolerance)
        << length;
  }
}

TEST(LshHashFamilyTest, PointsAreAsFarApartAsTheMetricSays) {
  Random random(4);
  for (const Metric metric : {Metric::kL2, Metric::kCosine, Metric::kDot}) {
    const LshHashFamily family({.kind = LshKind::kHyperplanes, .metric = metric, .dimension = 30}, 9, 1);
    for (int n = 0; n < 20; ++n) {
      std::vector<float> query(30), row(30);
      for (float& x : query) x = static_cast<float>(2 * random.Unit() - 1);
      for (float& x : row) x = static_cast<float>(2 * random.Unit() - 1);
      std::vector<float> a(family.point_stride()), b(family.point_stride());
      family.PrepareQuery(query.data(), a.data());
      family.PrepareRow(row.data(), b.data());
      EXPECT_NEAR(
          SquaredL2(a.data(), b.data(), a.size()),
          family.SquaredPointDistance(Distance(metric, query.data(), row.data(), 30), Norm(query.data(), 30)),
          1e-4);
    }
  }
}

TEST(LshHashFamilyTest, PlanesPassThroughTheCentre) {
  LshHashFamily family = ManyFunctions(LshKind::kHyperplanes, Metric::kCosine, 40);
  std::vector<float> centre = AtAngle(0.3, 40, 0.5);
  family.SetCentre(centre.data());
  const std::vector<float> a = AtAngle(0, 40), b = AtAngle(0.9, 40);
  double dot = 0, aa = 0, bb = 0;
  for (size_t i = 0; i < 40; ++i) {
    const double x = a[i] - centre[i], y = b[i] - centre[i];
    dot += x * y, aa += x * x, bb += y * y;
  }
  EXPECT_NEAR(ShareOfEqualSlots(family, Products(family, a), Products(family, b)),
              HyperplaneCollisionProbability(std::acos(dot / std::sqrt(aa * bb))), kTolerance);
}

TEST(LshHashFamilyTest, TheSameSeedGivesTheSameFunctionsHoweverManyThereAre) {
  for (const LshKind kind : {LshKind::kHyperplanes, LshKind::kPStable}) {
    LshHashFamily::Shape shape{
        .kind = kind, .metric = Metric::kL2, .dimension = 9, .table_count = 3, .hash_count = 8};
    const LshHashFamily large(shape, 1, 5), other(shape, 1, 6);
    shape.table_count = 2, shape.hash_count = 5;
    const LshHashFamily small(shape, 1, 5);
    EXPECT_NE(large.Directions(), other.Directions());
    for (uint32_t table = 0; table < 2; ++table) {
      for (uint32_t i = 0; i < 5; ++i) {
        const uint32_t in_large = table * 8 + i, in_small = table * 5 + i;
        EXPECT_EQ(large.shifts()[in_large], small.shifts()[in_small]);
        EXPECT_EQ(large.Multiplier(in_large), small.Multiplier(in_small));
        for (uint32_t d = 0; d < 9; ++d) {
          EXPECT_EQ(large.Directions()[in_large * 9 + d], small.Directions()[in_small * 9 + d]);
        }
      }
    }
  }
}

TEST(LshHashFamilyTest, KeysAreEqualWhereAllSlotsAreAndHardlyElsewhere) {
  Random random(3);
  for (const LshKind kind : {LshKind::kHyperplanes, LshKind::kPStable}) {
    const LshHashFamily family(
        {.kind = kind, .metric = Metric::kL2, .dimension = 4, .table_count = 2, .hash_count = 12}, 1, 5);
    std::set<std::vector<int32_t>> buckets;
    std::set<uint32_t> keys;
    for (int n = 0; n < 5000; ++n) {
      std::vector<float> vector(4);
      for (float& x : vector) x = static_cast<float>(4 * random.Unit() - 2);
      const std::vector<float> products = Products(family, vector);
      std::vector<int32_t> slots;
      for (uint32_t j = 12; j < 24; ++j) slots.push_back(family.Slot(family.Place(j, products[j])));
      buckets.insert(slots);
      keys.insert(family.Key(1, products.data()));
    }
    EXPECT_GT(buckets.size(), 100u);
    EXPECT_EQ(keys.size(), buckets.size());
  }
}

TEST(LshHashFamilyTest, HugeVectorsHaveASlotToo) {
  LshHashFamily family(
      {.kind = LshKind::kPStable, .metric = Metric::kL2, .dimension = 2, .table_count = 1, .hash_count = 4},
      1, 5);
  family.set_width(1e-30f);
  for (const float x : {3e38f, -3e38f}) {
    const std::vector<float> products = Products(family, {x, x});
    for (uint32_t j = 0; j < 4; ++j) {
      const int32_t slot = family.Slot(family.Place(j, products[j]));
      EXPECT_TRUE(slot == 1 << 30 || slot == -(1 << 30)) << slot;
    }
  }
}

}  // namespace
}  // namespace strata
