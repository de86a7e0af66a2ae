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
// Columns of MultiplyRows() are padded with zeros to a multiple of this, so that it has no tail.
inline constexpr size_t kColumnAlignment = 16;

// out(v, r) = dot product of vectors(v) and matrix(r), all row-major: `vectors` (vector_count, columns),
// `matrix` (row_count, columns), `out` (vector_count, row_count). `columns` is a multiple of
// kColumnAlignment. A product does not depend on which others are asked for with it, to the last bit. Eight
// products at a time share their loads, so with several vectors the matrix is read half as often.
void MultiplyRows(const float* matrix, size_t row_count, size_t columns, const float* vectors,
                  size_t vector_count, float* out);

}  // namespace strata
