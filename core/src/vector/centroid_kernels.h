#pragma once

#include <cstddef>
#include <cstdint>

namespace strata {

// How many centroids a kernel measures at a time: their count is a multiple of it.
inline constexpr size_t kCentroidAlignment = 16;

// Centroids side by side: component i of centroid c lies at components[i * count + c], so that a vector
// register holds the same component of several centroids. The vectors they are compared with have few
// components (a slice of a product quantizer has 2 to 16), too few to fill registers the other way round.
struct CentroidColumns {
  const float* components = nullptr;  // (width, count) row-major.
  size_t width = 0;
  size_t count = 0;  // A multiple of kCentroidAlignment.
};

// out[c] = the squared Euclidean distance of x (width floats) from centroid c.
void SquaredL2ToAll(const float* x, const CentroidColumns& centroids, float* out);

// out[c] = the dot product of x with centroid c.
void DotsWithAll(const float* x, const CentroidColumns& centroids, float* out);

// The centroid nearest to x: the first of those that are equally near.
struct NearestCentroid {
  uint32_t index = 0;
  float squared_distance = 0;
};
NearestCentroid FindNearest(const float* x, const CentroidColumns& centroids);

}  // namespace strata
