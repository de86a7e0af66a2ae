#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace strata {

// The `wanted` buckets of lowest score among all that are offered, a few more where scores are close.
//
// Scores are counted in bins, and the bound is the end of the bin in which the wanted-th lies, so it falls
// with every bucket that is taken, at the cost of one addition. (Buffering twice as many and cutting them in
// half took a third of a search's time.)
class KdLshBest {
 public:
  void Start(size_t wanted) {
    wanted_ = std::max<size_t>(wanted, 1);
    taken_.clear();
    counts_.fill(0);
    scale_ = -1;
    last_bin_ = kBins - 1;
    count_ = 0;
  }

  // A bucket that scores more is not among the best.
  float bound() const {
    return count_ < wanted_ || last_bin_ + 1 >= kBins ? std::numeric_limits<float>::infinity()
                                                      : static_cast<float>(last_bin_ + 1) / scale_;
  }
  size_t size() const { return count_; }

  // Before the first Add(): most of the scores that will matter are below this.
  bool has_scale() const { return scale_ >= 0; }
  void SetScale(float score_max) { scale_ = score_max > 0 ? kBins / score_max : 0; }

  // `score` is not negative.
  void Add(float score, uint32_t position) {
    const float place = score * scale_;
    const auto bin = place < kBins - 1 ? static_cast<uint32_t>(place) : kBins - 1;
    if (bin > last_bin_) return;
    taken_.push_back(uint64_t{std::bit_cast<uint32_t>(score)} << 32 | position);
    ++counts_[bin];
    ++count_;
    while (count_ - counts_[last_bin_] >= wanted_) count_ -= counts_[last_bin_--];
  }

  // The positions of the best.
  void Take(std::vector<uint32_t>* positions) {
    // Only scores of one bin and less are left out, unless very many are close.
    const float end = bound();
    std::erase_if(taken_, [&](uint64_t bucket) { return !(Score(bucket) < end); });
    if (taken_.size() > wanted_ + wanted_ / 4) {
      std::ranges::nth_element(taken_, taken_.begin() + static_cast<ptrdiff_t>(wanted_) - 1);
      taken_.resize(wanted_);
    }
    positions->clear();
    for (const uint64_t bucket : taken_) positions->push_back(static_cast<uint32_t>(bucket));
  }

 private:
  static constexpr uint32_t kBins = 1024;

  // The bits of floats that are not negative are ordered as they are.
  static float Score(uint64_t bucket) { return std::bit_cast<float>(static_cast<uint32_t>(bucket >> 32)); }

  size_t wanted_ = 1;
  std::vector<uint64_t> taken_;  // Score above, position below.
  std::array<uint32_t, kBins> counts_{};
  float scale_ = -1;
  uint32_t last_bin_ = 0;
  size_t count_ = 0;  // In the bins up to that one.
};

}  // namespace strata
