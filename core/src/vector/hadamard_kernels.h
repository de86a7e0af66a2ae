#pragma once

#include <cstddef>

namespace strata {

// Replaces x by H x / sqrt(n) in place, H being the Hadamard matrix of Sylvester's order: an orthogonal
// transform that is its own inverse. `n` is a power of two, at least 8. n log2(n)
// additions.
void HadamardTransform(float* x, size_t n);

// Replaces a and b, `n` floats each, by (a + b) / sqrt(2) and (a - b) / sqrt(2): each pair (a_i, b_i) turned
// by 45 degrees and mirrored.
void HadamardPairs(float* a, float* b, size_t n);

}  // namespace strata
