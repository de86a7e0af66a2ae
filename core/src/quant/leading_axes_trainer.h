#pragma once

#include <optional>
#include <vector>

#include "env/deadline.h"
#include "strata/options.h"
#include "strata/result.h"
#include "vector/leading_axes.h"
#include "vector/pca.h"
#include "vector/row_vectors.h"

namespace strata {

// Finds out from a sample of rows whether few directions hold most of what tells them apart, and which, in
// bounded steps.
//
// Worth it are at most half of the dimensions that hold 93% of the variance (under kCosine of the rows at
// length one): on Fashion-MNIST 128 of 784, a sixth of the bytes at the same recall. On word2vec-300 it takes
// 240 of 300, and nothing is won: it stays without. So does kDot, where rescoring cannot tell when to end.
class LeadingAxesTrainer {
 public:
  // `rows` must outlive this object.
  LeadingAxesTrainer(Metric metric, RowVectors* rows) : metric_(metric), rows_(rows) {}

  // Works until the deadline, at least a little; true when done.
  Result<bool> Step(const Deadline& deadline);

  // None if it is not worth it. Once, after Step() said true.
  LeadingAxes Take();

  // What is held while training.
  size_t memory_bytes() const { return memory_bytes_; }

 private:
  Result<void> Sample();

  Metric metric_;
  RowVectors* rows_;
  std::optional<PcaFit> fit_;
  size_t memory_bytes_ = 0;
  bool started_ = false;
};

}  // namespace strata
