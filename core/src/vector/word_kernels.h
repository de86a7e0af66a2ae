#pragma once

#include <cstddef>
#include <cstdint>

namespace strata {

// Words that are multiplied stay within this, so that 1,024 products of two fit 31 bits.
inline constexpr int kWordMax = 1023;

// Rows of words are padded with zeros to a multiple of this, so that kernels have no tail.
inline constexpr size_t kWordAlignment = 32;

// The scale that brings the largest |x_i - centre_i| to kWordMax; 0 when all are 0 (or one is no number).
float WordScale(const float* x, const float* centre, size_t d);

// words[i] = round((x_i - centre_i) * scale).
void MakeWords(const float* x, const float* centre, float scale, size_t d, int16_t* words);

// out[r] = factor * the dot product of `words` and row r of `matrix` (row_count, stride); `stride`, a
// multiple of kWordAlignment, is also how many words there are. Exact but for the rounding of the result.
void WordDots(const int16_t* words, const int16_t* matrix, size_t stride, size_t row_count, float factor,
              float* out);

}  // namespace strata
