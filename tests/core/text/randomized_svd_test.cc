#include "text/randomized_svd.h"

#include <gtest/gtest.h>

#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <random>

namespace strata {
namespace {

using RowMajorMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

SparseRows ToSparse(const Eigen::MatrixXd& dense) {
  SparseRows sparse{.column_count = static_cast<uint32_t>(dense.cols())};
  for (Eigen::Index r = 0; r < dense.rows(); ++r) {
    for (Eigen::Index c = 0; c < dense.cols(); ++c) {
      if (dense(r, c) != 0)
        sparse.entries.push_back({static_cast<uint32_t>(c), static_cast<float>(dense(r, c))});
    }
    sparse.begins.push_back(sparse.entries.size());
  }
  return sparse;
}

// About a tenth of the entries, positive like term weights.
Eigen::MatrixXd RandomSparse(Eigen::Index rows, Eigen::Index columns, uint32_t seed) {
  std::mt19937 random(seed);
  Eigen::MatrixXd dense = Eigen::MatrixXd::Zero(rows, columns);
  for (Eigen::Index r = 0; r < rows; ++r) {
    for (Eigen::Index c = 0; c < columns; ++c) {
      if (random() % 10 == 0) dense(r, c) = 0.1 + static_cast<double>(random() % 1000) / 1000;
    }
  }
  return dense;
}

struct Decomposition {
  std::vector<float> values;
  Eigen::MatrixXd vectors;
};

Decomposition Decompose(const Eigen::MatrixXd& dense, uint32_t columns, uint32_t iterations,
                        uint64_t seed = 1) {
  const SparseRows sparse = ToSparse(dense);
  RandomizedSvd svd(&sparse, columns, iterations, seed);
  double progress = 0;
  while (svd.Step()) {
    EXPECT_GE(svd.progress(), progress);
    progress = svd.progress();
  }
  EXPECT_EQ(svd.progress(), 1);
  const auto width = static_cast<Eigen::Index>(svd.singular_values().size());
  const Eigen::Map<const RowMajorMatrix> vectors(svd.right_vectors().data(), dense.cols(), width);
  return {svd.singular_values(), vectors.cast<double>()};
}

// The yardstick is Eigen's Jacobi SVD in double precision. A random matrix is the hard case: its singular
// values hardly fall, so 12 iterations are allowed, which leave relative errors under 1e-3; text needs fewer.
TEST(RandomizedSvdTest, ValuesAndVectorsAreThoseOfTheFullDecomposition) {
  const Eigen::MatrixXd dense = RandomSparse(120, 90, 7);
  const Eigen::JacobiSVD<Eigen::MatrixXd> full(dense, Eigen::ComputeThinV);
  const Decomposition found = Decompose(dense, 10, 12);
  ASSERT_EQ(found.values.size(), 10u);
  for (Eigen::Index j = 0; j < 10; ++j) {
    EXPECT_NEAR(found.values[static_cast<size_t>(j)], full.singularValues()(j),
                1e-3 * full.singularValues()(j));
  }
  // The spaces agree: what the true vectors have outside of the found ones is small.
  const Eigen::MatrixXd truth = full.matrixV().leftCols(5);
  EXPECT_LT((truth - found.vectors * (found.vectors.transpose() * truth)).norm(), 0.02);
}

TEST(RandomizedSvdTest, AllDirectionsOfASmallMatrixAreExact) {
  const Eigen::MatrixXd dense = RandomSparse(30, 20, 3);
  const Eigen::JacobiSVD<Eigen::MatrixXd> full(dense, Eigen::ComputeThinV);
  const Decomposition found = Decompose(dense, 100, 0);
  ASSERT_EQ(found.values.size(), 20u);
  for (Eigen::Index j = 0; j < 20; ++j) {
    EXPECT_NEAR(found.values[static_cast<size_t>(j)], full.singularValues()(j),
                1e-4 * full.singularValues()(0));
  }
}

TEST(RandomizedSvdTest, VectorsAreOrthonormal) {
  const Decomposition found = Decompose(RandomSparse(200, 150, 5), 40, 3);
  const Eigen::MatrixXd gram = found.vectors.transpose() * found.vectors;
  EXPECT_LT((gram - Eigen::MatrixXd::Identity(40, 40)).cwiseAbs().maxCoeff(), 1e-4);
}

TEST(RandomizedSvdTest, AMatrixOfLittleRankHasThatManyVectors) {
  const Eigen::MatrixXd dense = RandomSparse(60, 3, 11) * RandomSparse(3, 50, 12);
  const Eigen::JacobiSVD<Eigen::MatrixXd> full(dense);
  const auto rank =
      static_cast<size_t>((full.singularValues().array() > 1e-3 * full.singularValues()(0)).count());
  const Decomposition found = Decompose(dense, 30, 4);
  EXPECT_EQ(found.values.size(), rank);
  EXPECT_TRUE(found.vectors.allFinite());
}

TEST(RandomizedSvdTest, TheSameSeedGivesTheSameBits) {
  const Eigen::MatrixXd dense = RandomSparse(80, 70, 2);
  const Decomposition one = Decompose(dense, 12, 2, 42), two = Decompose(dense, 12, 2, 42);
  EXPECT_EQ(one.values, two.values);
  EXPECT_EQ(one.vectors, two.vectors);
  EXPECT_NE(one.vectors, Decompose(dense, 12, 2, 43).vectors);
}

TEST(RandomizedSvdTest, AnEmptyMatrixHasNoVectors) {
  EXPECT_TRUE(Decompose(Eigen::MatrixXd(0, 0), 10, 2).values.empty());
}

}  // namespace
}  // namespace strata
