#pragma once

#include <cstddef>

namespace strata {

// What the metrics are made of: sums over two vectors of `d` floats, which may lie at any address. One
// version for each instruction set, chosen when the program starts (Google Highway); each has a plain twin in
// its test.

struct DotAndSquaredNorm {
  float dot = 0;
  float squared_norm = 0;  // Of the second vector.
};

float SquaredL2(const float* a, const float* b, size_t d);
float Dot(const float* a, const float* b, size_t d);
DotAndSquaredNorm DotWithSquaredNorm(const float* a, const float* b, size_t d);

// y += factor * x.
void AddScaled(float factor, const float* x, float* y, size_t d);

}  // namespace strata
