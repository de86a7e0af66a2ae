#include "text/randomized_svd.h"

#include <Eigen/Jacobi>
#include <algorithm>
#include <cmath>
#include <span>

#include "bytes/checksum.h"

namespace strata {
namespace {

using Row = Eigen::Map<Eigen::VectorXf>;
using ConstRow = Eigen::Map<const Eigen::VectorXf>;

constexpr size_t kStepOperations = 4'000'000;  // Multiplications and additions; a few milliseconds.

// Squares of singular values below this part of the largest are noise: floats have 24 bits.
constexpr double kSquareMin = 1e-6;

// What is left of a column of Y after Gram-Schmidt is noise below this part of its square: Y has the singular
// values squared, and its squares thus to the fourth.
constexpr double kResidualMin = kSquareMin * kSquareMin;

// Rotations stop when every other entry is below this part of the largest diagonal one.
constexpr double kOffDiagonalMax = 1e-9;

}  // namespace

RandomizedSvd::RandomizedSvd(const SparseRows* matrix, uint32_t columns_max, uint32_t iterations,
                             uint64_t seed)
    : matrix_(*matrix), passes_(iterations + 2) {
  const size_t rank_max = std::min<size_t>(matrix_.row_count(), matrix_.column_count);
  columns_wanted_ = static_cast<uint32_t>(std::min<size_t>(columns_max, rank_max));
  width_ = static_cast<uint32_t>(std::min<size_t>(size_t{columns_max} + kOversampling, rank_max));
  if (width_ == 0) phase_ = Phase::kDone;

  basis_.resize(size_t{matrix_.column_count} * width_);
  for (size_t i = 0; i < basis_.size(); ++i) {
    const uint64_t place = i;
    const uint64_t bits = Checksum(std::as_bytes(std::span(&place, 1)), seed);
    basis_[i] = static_cast<float>(static_cast<int32_t>(bits)) * 0x1p-31f;
  }
  image_.resize(basis_.size());
}

bool RandomizedSvd::Step() {
  switch (phase_) {
    case Phase::kMultiply:
      MultiplyRows();
      break;
    case Phase::kGram:
      SumGram();
      break;
    case Phase::kDiagonalize:
      Diagonalize();
      break;
    case Phase::kRotate:
      RotateRows();
      break;
    case Phase::kDone:
      return false;
  }
  return true;
}

double RandomizedSvd::progress() const {
  const auto done = [](size_t part, size_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
  };
  double phases = 0;
  switch (phase_) {
    case Phase::kMultiply:
      phases = done(at_, matrix_.row_count());
      break;
    case Phase::kGram:
      phases = 1 + done(at_, matrix_.column_count);
      break;
    case Phase::kDiagonalize:
      phases = 2;  // How many sweeps it takes is not known.
      break;
    case Phase::kRotate:
      phases = 2 + done(at_, matrix_.column_count);
      break;
    case Phase::kDone:
      return 1;
  }
  return (pass_ + phases / 3) / passes_;
}

// Y += a (a'Q) for some rows a of A.
void RandomizedSvd::MultiplyRows() {
  if (at_ == 0) std::ranges::fill(image_, 0.0f);
  Eigen::VectorXf coordinates(width_);
  for (size_t done = 0; at_ < matrix_.row_count() && done < kStepOperations; ++at_) {
    const auto entries = matrix_.row(at_);
    coordinates.setZero();
    for (const auto [column, value] : entries) {
      coordinates += value * ConstRow(basis_.data() + size_t{column} * width_, width_);
    }
    for (const auto [column, value] : entries) {
      Row(image_.data() + size_t{column} * width_, width_) += value * coordinates;
    }
    done += 4 * (entries.size() + 1) * width_;
  }
  if (at_ < matrix_.row_count()) return;
  at_ = 0;
  phase_ = Phase::kGram;
  gram_.setZero(width_, width_);
}

// Adds what some rows contribute to Y'Y, or in the last pass to Q'Y, which is symmetric too: only the upper
// half.
void RandomizedSvd::SumGram() {
  Eigen::VectorXd left_row(width_), image_row(width_);
  for (size_t done = 0; at_ < matrix_.column_count && done < kStepOperations; ++at_) {
    left_row = ConstRow(left().data() + at_ * width_, width_).cast<double>();
    image_row = ConstRow(image_.data() + at_ * width_, width_).cast<double>();
    for (uint32_t i = 0; i < width_; ++i) gram_.col(i).head(i + 1) += image_row(i) * left_row.head(i + 1);
    done += size_t{width_} * width_;
  }
  if (at_ < matrix_.column_count) return;
  at_ = 0;
  for (uint32_t i = 0; i < width_; ++i) gram_.row(i).head(i) = gram_.col(i).head(i).transpose();
  if (last_pass()) {
    phase_ = Phase::kDiagonalize;
    rotations_.setIdentity(width_, width_);
    off_diagonal_max_ = kOffDiagonalMax * gram_.diagonal().maxCoeff();
  } else {
    phase_ = Phase::kRotate;
    Orthonormalize();
  }
}

// Finds combinations of the columns of Y that are orthonormal, without touching Y: vectors c with c'(Y'Y)c
// = 1.
void RandomizedSvd::Orthonormalize() {
  Eigen::MatrixXd kept(width_, width_), products(width_, width_);  // The vectors found, and (Y'Y) times them.
  uint32_t count = 0;
  for (uint32_t i = 0; i < width_; ++i) {
    Eigen::VectorXd c = Eigen::VectorXd::Unit(width_, i);
    for (uint32_t j = 0; j < count; ++j) c -= products.col(j).dot(c) * kept.col(j);
    Eigen::VectorXd product = Eigen::VectorXd::Zero(width_);
    for (uint32_t j = 0; j <= i; ++j) product += c(j) * gram_.col(j);
    const double square = c.dot(product);
    if (!(square > kResidualMin * gram_(i, i))) continue;  // It lies in the space of the ones before.
    kept.col(count) = c / std::sqrt(square);
    products.col(count) = product / std::sqrt(square);
    ++count;
  }
  change_.resize(size_t{width_} * count);
  Eigen::Map<Eigen::MatrixXf>(change_.data(), count, width_) = kept.leftCols(count).transpose().cast<float>();
}

// Rotates pairs of axes until Q'A'A Q is diagonal: squares of the singular values.
void RandomizedSvd::Diagonalize() {
  if (at_ == 0) rotated_ = false;
  for (size_t done = 0; at_ < width_ && done < kStepOperations; ++at_) {
    const auto p = static_cast<Eigen::Index>(at_);
    for (Eigen::Index q = p + 1; q < static_cast<Eigen::Index>(width_); ++q) {
      if (std::fabs(gram_(p, q)) <= off_diagonal_max_) continue;
      Eigen::JacobiRotation<double> rotation;
      rotation.makeJacobi(gram_, p, q);
      gram_.applyOnTheLeft(p, q, rotation.adjoint());
      gram_.applyOnTheRight(p, q, rotation);
      rotations_.applyOnTheRight(p, q, rotation);
      rotated_ = true;
      done += 18 * size_t{width_};
    }
  }
  if (at_ < width_) return;
  at_ = 0;
  if (rotated_) return;  // Another sweep.
  phase_ = Phase::kRotate;
  PickLargest();
}

void RandomizedSvd::PickLargest() {
  Eigen::VectorXd squares = gram_.diagonal();
  std::vector<Eigen::Index> picked;
  Eigen::Index largest = 0;
  const double square_min = kSquareMin * squares.maxCoeff();
  while (picked.size() < columns_wanted_ && squares.maxCoeff(&largest) > square_min) {
    picked.push_back(largest);
    singular_values_.push_back(static_cast<float>(std::sqrt(squares(largest))));
    squares(largest) = 0;
  }
  change_.clear();
  for (Eigen::Index i = 0; i < static_cast<Eigen::Index>(width_); ++i) {
    for (const Eigen::Index j : picked) change_.push_back(static_cast<float>(rotations_(i, j)));
  }
}

// Q = Y * change_, or in the last pass Q * change_. Rows get shorter or stay, and go from front to back, so
// those of Q can be replaced in place.
void RandomizedSvd::RotateRows() {
  const auto new_width = static_cast<uint32_t>(change_.size() / width_);
  Eigen::VectorXf rotated(new_width);
  for (size_t done = 0; at_ < matrix_.column_count && done < kStepOperations; ++at_) {
    rotated.setZero();
    for (uint32_t i = 0; i < width_; ++i) {
      rotated += left()[at_ * width_ + i] * ConstRow(change_.data() + size_t{i} * new_width, new_width);
    }
    Row(basis_.data() + at_ * new_width, new_width) = rotated;
    done += 2 * size_t{width_} * new_width;
  }
  if (at_ < matrix_.column_count) return;
  at_ = 0;
  width_ = new_width;
  basis_.resize(size_t{matrix_.column_count} * width_);
  ++pass_;
  if (pass_ == passes_ || width_ == 0) {
    phase_ = Phase::kDone;
    image_ = {};
  } else {
    phase_ = Phase::kMultiply;
    image_.resize(basis_.size());
  }
}

}  // namespace strata
