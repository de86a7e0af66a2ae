#include "vector/pca.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <random>
#include <vector>

namespace strata {
namespace {

using RowMajorMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Rows whose standard deviation along component i is 1 / (1 + i), in a basis that is turned at random.
RowMajorMatrix SpreadRows(Eigen::Index row_count, Eigen::Index d, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  const auto draw = [&] { return normal(random); };
  const Eigen::MatrixXf turn =
      Eigen::HouseholderQR<Eigen::MatrixXf>(Eigen::MatrixXf::NullaryExpr(d, d, draw)).householderQ();
  Eigen::MatrixXf spread = Eigen::MatrixXf::NullaryExpr(row_count, d, draw);
  for (Eigen::Index i = 0; i < d; ++i) spread.col(i) /= static_cast<float>(1 + i);
  RowMajorMatrix rows = spread * turn;
  rows.rowwise() += Eigen::RowVectorXf::Constant(d, 5);
  return rows;
}

std::span<const float> Values(const RowMajorMatrix& rows) {
  return {rows.data(), static_cast<size_t>(rows.size())};
}

TEST(PcaTest, AgreesWithAFullEigendecomposition) {
  const RowMajorMatrix rows = SpreadRows(800, 24, 5);
  const RowMajorMatrix centred = rows.rowwise() - rows.colwise().mean();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXf> full(centred.transpose() * centred);
  const Pca pca = FitPca(Values(rows), 24, {.axis_count = 2});
  for (size_t axis = 0; axis < 2; ++axis) {
    const Eigen::Index largest = 23 - static_cast<Eigen::Index>(axis);
    EXPECT_NEAR(pca.variance_share[axis], full.eigenvalues()(largest) / full.eigenvalues().sum(), 1e-3f);
    const Eigen::Map<const Eigen::VectorXf> found(&pca.axes[axis * 24], 24);
    EXPECT_NEAR(std::fabs(found.dot(full.eigenvectors().col(largest))), 1, 1e-3f);
  }
}

TEST(PcaTest, AxesAreOrthonormalAndPointsKeepTheirVariance) {
  const RowMajorMatrix rows = SpreadRows(500, 60, 8);
  const Pca pca = FitPca(Values(rows), 60, {.axis_count = 2});
  const Eigen::Map<const RowMajorMatrix> axes(pca.axes.data(), 2, 60);
  EXPECT_TRUE((axes * axes.transpose()).isIdentity(1e-4f));

  const std::vector<float> points = pca.Project(Values(rows));
  ASSERT_EQ(points.size(), 2 * 500u);
  const Eigen::Map<const RowMajorMatrix> projected(points.data(), 500, 2);
  EXPECT_LT(projected.colwise().mean().cwiseAbs().maxCoeff(), 1e-3f);
  const float total = (rows.rowwise() - rows.colwise().mean()).squaredNorm();
  for (int axis = 0; axis < 2; ++axis) {
    EXPECT_NEAR(projected.col(axis).squaredNorm() / total, pca.variance_share[static_cast<size_t>(axis)],
                1e-3f);
  }
}

TEST(PcaTest, SameRowsGiveTheSameAxes) {
  const RowMajorMatrix rows = SpreadRows(100, 10, 2);
  EXPECT_EQ(FitPca(Values(rows), 10).axes, FitPca(Values(rows), 10).axes);
}

TEST(PcaTest, RowsWithoutVarianceOrAtAllGiveFiniteAxes) {
  const std::vector<float> equal(40 * 8, 2.5f);
  for (const std::span<const float> rows : {std::span<const float>(equal), std::span<const float>()}) {
    const Pca pca = FitPca(rows, 8, {.axis_count = 2});
    EXPECT_EQ(pca.variance_share, (std::vector<float>{0, 0}));
    for (const float x : pca.axes) EXPECT_TRUE(std::isfinite(x));
    for (const float x : pca.Project(rows)) EXPECT_EQ(x, 0);
  }
}

TEST(PcaTest, OneDimensionHasOneAxis) {
  const std::vector<float> rows = {1, 2, 3, 4};
  const Pca pca = FitPca(rows, 1, {.axis_count = 2});
  EXPECT_EQ(pca.axes, std::vector<float>{1});
  EXPECT_FLOAT_EQ(pca.variance_share[0], 1);
  EXPECT_EQ(pca.Project(rows).size(), 4u);
}

}  // namespace
}  // namespace strata
