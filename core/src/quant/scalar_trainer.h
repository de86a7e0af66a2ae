#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "quant/scalar_quantizer.h"
#include "strata/options.h"
#include "vector/leading_axes.h"

namespace strata {

// Learns a ScalarQuantizer from a sample of rows, shown twice.
//
// The first pass finds the middle of each component's range, the second how far components lie from it. The
// common radius of all ranges is then the one with the smallest squared error over the sample: a component
// inside costs step^2 / 12 for rounding, one outside the square of what is clipped. So a few outliers of
// long-tailed data are clipped where widening every step would cost more.
//
// Memory: 16 bytes a component.
class ScalarTrainer {
 public:
  explicit ScalarTrainer(size_t component_count);

  // What is to be coded of a row: component_count floats.
  void SeeFirst(const float* components);
  void SeeAgain(const float* components);  // The same ones, once SeeFirst() has had all of them.

  // Without any row the quantizer is valid and of no use. `norm_max` as there.
  ScalarQuantizer Finish(Metric metric, LeadingAxes axes, float norm_max) const;

 private:
  static constexpr size_t kBinCount = 512;

  double Middle(size_t i) const { return (low_[i] + high_[i]) / 2; }
  void StartSecondPass();
  double BestRadius() const;

  std::vector<double> low_;
  std::vector<double> high_;
  double bin_width_ = -1;                        // Negative until the second pass.
  std::array<uint64_t, kBinCount> bin_count_{};  // How many components lie so many bins from the middle.
};

}  // namespace strata
