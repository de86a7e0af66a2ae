#include "quant/random_rotation.h"

#include <algorithm>
#include <bit>
#include <cassert>

#include "bytes/checksum.h"
#include "vector/hadamard_kernels.h"

namespace strata {

RandomRotation::RandomRotation(uint32_t dimension, uint32_t padded_dimension, uint64_t seed)
    : dimension_(dimension),
      padded_dimension_(padded_dimension),
      seed_(seed),
      round_count_(std::has_single_bit(padded_dimension) ? 3 : 4),
      signs_(size_t{round_count_} * padded_dimension) {
  assert(padded_dimension % 2 == 0 && padded_dimension >= dimension);
  uint64_t bits = 0;
  for (uint64_t i = 0; i < signs_.size(); ++i, bits >>= 1) {
    if (i % 64 == 0) bits = Checksum(std::as_bytes(std::span(&i, 1)), seed);
    signs_[static_cast<size_t>(i)] = bits & 1 ? 1.0f : -1.0f;
  }
}

void RandomRotation::Apply(float* x) const {
  const size_t n = padded_dimension_;
  const size_t power = std::bit_floor(n);
  std::fill(x + dimension_, x + n, 0.0f);
  for (size_t round = 0; round < round_count_; ++round) {
    const float* const signs = signs_.data() + round * n;
    for (size_t i = 0; i < n; ++i) x[i] *= signs[i];
    HadamardTransform(round % 2 == 0 ? x : x + (n - power), power);
    if (power != n) HadamardPairs(x, x + n / 2, n / 2);
  }
}

}  // namespace strata
