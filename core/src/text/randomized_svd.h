#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "text/term_matrix.h"

namespace strata {

// The largest singular values of a sparse matrix A (n, m) and their right singular vectors, in steps of
// bounded length.
//
// Subspace iteration on A'A from a random start, with a few more columns than are wanted: Halko, Martinsson &
// Tropp, "Finding structure with randomness", SIAM Review 53(2), 2011, arXiv:0909.4061, algorithms 4.4
// and 5.1. Y = A'A Q is made in one pass over the rows of A, so neither A' nor A Q is ever stored. Two things
// keep the code small where it is downloaded (Eigen's QR and eigensolvers are 40 kB of WebAssembly): Y is
// made orthonormal by Gram-Schmidt in the inner product Y'Y, a small matrix summed in double precision, and
// Q'A'A Q is diagonalized by Jacobi rotations (Golub & Van Loan, "Matrix Computations", 4th ed.,
// section 8.5). The start is uniform in [-1, 1] instead of normal.
//
// Directions whose singular value is under a thousandth of the largest are noise in single precision and are
// dropped. The same matrix, options and build give the same bits. With l = columns + kOversampling:
// O((iterations + 2) * (nonzeros
// + m * l) * l + l^3) time and 8 * m * l bytes. A step is a few milliseconds; for l of some hundreds,
// Gram-Schmidt is one step of up to 0.2 s.
class RandomizedSvd {
 public:
  static constexpr uint32_t kOversampling = 16;

  // `matrix` outlives this.
  RandomizedSvd(const SparseRows* matrix, uint32_t columns_max, uint32_t iterations, uint64_t seed);

  // Does one step; false when there was nothing left to do.
  bool Step();
  double progress() const;  // Part done, in [0, 1].

  // Once Step() has returned false. At most columns_max values, largest first; (m, values) row-major vectors.
  const std::vector<float>& singular_values() const { return singular_values_; }
  const std::vector<float>& right_vectors() const { return basis_; }

 private:
  enum class Phase : uint8_t { kMultiply, kGram, kDiagonalize, kRotate, kDone };

  void MultiplyRows();
  void SumGram();
  void Orthonormalize();
  void Diagonalize();
  void PickLargest();
  void RotateRows();

  // The last pass finds the singular vectors inside the space of the others.
  bool last_pass() const { return pass_ + 1 == passes_; }
  const std::vector<float>& left() const { return last_pass() ? basis_ : image_; }

  const SparseRows& matrix_;
  uint32_t columns_wanted_;
  uint32_t passes_;
  uint32_t width_;             // Columns of Q.
  std::vector<float> basis_;   // (m, width_) row-major: Q.
  std::vector<float> image_;   // (m, width_) row-major: Y = A'A Q.
  Eigen::MatrixXd gram_;       // Y'Y, or Q'Y in the last pass.
  Eigen::MatrixXd rotations_;  // The product of the rotations so far.
  double off_diagonal_max_ = 0;
  bool rotated_ = false;       // In this sweep over gram_.
  std::vector<float> change_;  // (width_, new width) row-major: what makes Q of Y, or singular vectors of Q.
  std::vector<float> singular_values_;
  uint32_t pass_ = 0;
  Phase phase_ = Phase::kMultiply;
  size_t at_ = 0;  // Row of the phase.
};

}  // namespace strata
