#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace strata {

// How many of a walk's candidates to recompute with full vectors at most, for `k` answers, when the caller
// did not say.
//
// Measured with SQ8 codes on Fashion-MNIST, word2vec-300, docs-lsa, sift-5k and web-bible (l2, cosine and
// dot), ranking all rows by code: of the 10 nearest rows, 97.7% to 99.4% are among the first 10 codes, 99.85%
// to 100% among the first 12 and all among the first 15 (99.8% in the worst of the smaller samples that tests
// use). Half as many again would do; the 5 more are for small k and the odd query. A deeper rescore would be
// felt: a full vector costs as much as ten codes or more.
constexpr uint32_t DefaultRescoreDepth(uint32_t k) {
  const uint64_t depth = uint64_t{k} + k / 2 + 5;
  return depth < std::numeric_limits<uint32_t>::max() ? static_cast<uint32_t>(depth)
                                                      : std::numeric_limits<uint32_t>::max();
}

// Tells when the rest of the candidates, which come in the order of their approximate distances, needs no
// full vectors. How far codes misjudge the distance to this query shows on the candidates recomputed so far:
// the mean of their errors and the spread about it. One that would be among the answers only if it were
// misjudged by three times that spread is left out, and so are all behind it.
//
// Measured, k = 10: on word2vec-300 (codes of all 300 components) 11.6 rows are recomputed of the 16 to 96
// that a walk keeps, on web-bible 12.4, on Fashion-MNIST (codes of 128 components for 784) 23 of 24, 32 of 40
// and 36 of 64, and less than 0.1% of the neighbours among all of them is lost. With a factor of 2.5 it would
// be 30 of 64 and up to 0.25%.
//
// Not for kDot, where the error of a row grows with its length: those of other rows say little about it
// (measured: of 500 neighbours in word2vec-300, one was missed).
class RescoreEnd {
 public:
  // Fewer than `recomputed_min` say too little about errors.
  explicit RescoreEnd(uint32_t recomputed_min) : recomputed_min_(std::max(recomputed_min, 5u)) {}

  void Recomputed(float approximate, float exact) {
    const double error = double{exact} - approximate;
    error_sum_ += error;
    squared_error_sum_ += error * error;
    ++recomputed_;
  }

  // `bound`: no row farther than this is an answer. False where a distance is no number.
  bool IsBefore(float approximate, float bound) const {
    if (recomputed_ < recomputed_min_) return false;
    const double mean = error_sum_ / recomputed_;
    const double spread = std::sqrt(std::max(0.0, squared_error_sum_ / recomputed_ - mean * mean));
    return approximate + mean - 3 * spread > bound;
  }

 private:
  uint32_t recomputed_min_;
  double error_sum_ = 0;
  double squared_error_sum_ = 0;
  uint32_t recomputed_ = 0;
};

}  // namespace strata
