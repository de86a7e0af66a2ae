#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace strata {

// A random orthogonal transform of vectors that are first padded with zeros to an even number of components.
// It keeps lengths and dot products and spreads every vector evenly over all components, so that whatever the
// data, each component of a rotated vector is about normally distributed.
//
// A dense random matrix would cost O(d^2) a vector. This one is a product of rounds, each of which flips
// signs at random and then mixes with Hadamard transforms (Ailon & Chazelle, "The Fast Johnson-Lindenstrauss
// Transform and Approximate Nearest Neighbors", SIAM J. Comput. 39(1), 2009; three rounds as in Andoni et
// al., "Practical and Optimal LSH for Angular Distance", NeurIPS 2015). Where the padded dimension is no
// power of two, the transforms take turns over the first and the last 2^k components, the largest power that
// fits, and one step over the pairs (i, i + half) follows each, as in a Kac walk, so that no component is
// left out: four rounds of these, which is the layout of the RaBitQ authors' own library.
//
// Orthogonal by construction, whatever the signs, which are a function of the seed: the same on every
// platform. O(d log d) time a vector; memory: 4 * rounds bytes a component. Immutable; safe from many
// threads.
class RandomRotation {
 public:
  // `padded_dimension` is even and at least `dimension`.
  RandomRotation(uint32_t dimension, uint32_t padded_dimension, uint64_t seed);

  uint32_t dimension() const { return dimension_; }
  uint32_t padded_dimension() const { return padded_dimension_; }
  uint64_t seed() const { return seed_; }
  size_t memory_bytes() const { return signs_.size() * sizeof(float); }

  // Rotates the first dimension() of the padded_dimension() floats at `x` in place; the rest is overwritten.
  void Apply(float* x) const;

 private:
  uint32_t dimension_;
  uint32_t padded_dimension_;
  uint64_t seed_;
  uint32_t round_count_;
  std::vector<float> signs_;  // (round_count_, padded_dimension_), 1 or -1.
};

}  // namespace strata
