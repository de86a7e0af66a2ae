#include "vector/centroid_kernels.h"

// Highway compiles the rest of this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "vector/centroid_kernels.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace strata::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::CappedTag<float, kCentroidAlignment>;
using Vector = hn::Vec<Floats>;

// Generic lambdas do not inherit the target of the function around them, hence function objects.
struct AddSquaredDifference {
  HWY_INLINE Vector operator()(Vector x, Vector centroid, Vector sum) const {
    const Vector difference = hn::Sub(x, centroid);
    return hn::MulAdd(difference, difference, sum);
  }
};

struct AddProduct {
  HWY_INLINE Vector operator()(Vector x, Vector centroid, Vector sum) const {
    return hn::MulAdd(x, centroid, sum);
  }
};

// Calls put(c, sums) with the sums over all components for the centroids from c on, sixteen centroids at a
// time: one register of AVX-512, four of WebAssembly, which also hides the latency of the additions there.
template <typename Add, typename Put>
HWY_INLINE void ForAll(const float* HWY_RESTRICT x, const CentroidColumns& centroids, Add add, Put put) {
  const Floats tag;
  constexpr size_t kLanes = hn::MaxLanes(Floats());
  constexpr size_t kParts = kCentroidAlignment / kLanes;
  for (size_t c = 0; c < centroids.count; c += kCentroidAlignment) {
    Vector sums[kParts];
    for (Vector& sum : sums) sum = hn::Zero(tag);
    const float* column = centroids.components + c;
    for (size_t i = 0; i < centroids.width; ++i, column += centroids.count) {
      const Vector component = hn::Set(tag, x[i]);
      for (size_t p = 0; p < kParts; ++p) {
        sums[p] = add(component, hn::LoadU(tag, column + p * kLanes), sums[p]);
      }
    }
    for (size_t p = 0; p < kParts; ++p) put(c + p * kLanes, sums[p]);
  }
}

struct Store {
  float* out;

  HWY_INLINE void operator()(size_t c, Vector sums) const { hn::StoreU(sums, Floats(), out + c); }
};

void SquaredL2ToAll(const float* x, const CentroidColumns& centroids, float* out) {
  ForAll(x, centroids, AddSquaredDifference(), Store{out});
}

void DotsWithAll(const float* x, const CentroidColumns& centroids, float* out) {
  ForAll(x, centroids, AddProduct(), Store{out});
}

// Each lane keeps the nearest of the centroids it sees. Numbers of centroids are held as floats, exactly.
struct KeepNearest {
  Vector* distance;
  Vector* index;

  HWY_INLINE void operator()(size_t c, Vector sums) const {
    const auto nearer = hn::Lt(sums, *distance);
    *distance = hn::IfThenElse(nearer, sums, *distance);
    *index = hn::IfThenElse(nearer, hn::Iota(Floats(), static_cast<float>(c)), *index);
  }
};

NearestCentroid FindNearest(const float* x, const CentroidColumns& centroids) {
  const Floats tag;
  constexpr size_t kLanes = hn::MaxLanes(Floats());
  Vector distance = hn::Set(tag, hwy::HighestValue<float>()), index = hn::Zero(tag);
  ForAll(x, centroids, AddSquaredDifference(), KeepNearest{&distance, &index});

  HWY_ALIGN float distances[kLanes];
  HWY_ALIGN float indexes[kLanes];
  hn::Store(distance, tag, distances);
  hn::Store(index, tag, indexes);
  size_t best = 0;
  for (size_t lane = 1; lane < kLanes; ++lane) {
    if (distances[lane] < distances[best] ||
        (distances[lane] == distances[best] && indexes[lane] < indexes[best])) {
      best = lane;
    }
  }
  return {.index = static_cast<uint32_t>(indexes[best]), .squared_distance = distances[best]};
}

}  // namespace strata::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace strata {

HWY_EXPORT(SquaredL2ToAll);
HWY_EXPORT(DotsWithAll);
HWY_EXPORT(FindNearest);

void SquaredL2ToAll(const float* x, const CentroidColumns& centroids, float* out) {
  HWY_DYNAMIC_DISPATCH(SquaredL2ToAll)(x, centroids, out);
}
void DotsWithAll(const float* x, const CentroidColumns& centroids, float* out) {
  HWY_DYNAMIC_DISPATCH(DotsWithAll)(x, centroids, out);
}
NearestCentroid FindNearest(const float* x, const CentroidColumns& centroids) {
  return HWY_DYNAMIC_DISPATCH(FindNearest)(x, centroids);
}

}  // namespace strata
#endif  // HWY_ONCE
