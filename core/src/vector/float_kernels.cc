#include "vector/float_kernels.h"

// Highway compiles the rest of this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "vector/float_kernels.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace strata::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// The sum of step(a_i, b_i, sum) over i. Four partial sums hide the latency of the addition; then whole
// vectors, then quarters of one, then single floats, so that no dimension falls far behind the next multiple
// of 64.
template <typename Step>
HWY_INLINE float SumOver(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, size_t d, Step step) {
  const hn::ScalableTag<float> wide;
  const size_t lanes = hn::Lanes(wide);
  auto sum0 = hn::Zero(wide), sum1 = sum0, sum2 = sum0, sum3 = sum0;
  size_t i = 0;
  for (; i + 4 * lanes <= d; i += 4 * lanes) {
    sum0 = step(hn::LoadU(wide, a + i), hn::LoadU(wide, b + i), sum0);
    sum1 = step(hn::LoadU(wide, a + i + lanes), hn::LoadU(wide, b + i + lanes), sum1);
    sum2 = step(hn::LoadU(wide, a + i + 2 * lanes), hn::LoadU(wide, b + i + 2 * lanes), sum2);
    sum3 = step(hn::LoadU(wide, a + i + 3 * lanes), hn::LoadU(wide, b + i + 3 * lanes), sum3);
  }
  for (; i + lanes <= d; i += lanes) sum0 = step(hn::LoadU(wide, a + i), hn::LoadU(wide, b + i), sum0);
  float sum = hn::GetLane(hn::SumOfLanes(wide, hn::Add(hn::Add(sum0, sum1), hn::Add(sum2, sum3))));

  const hn::CappedTag<float, 4> narrow;
  if (lanes > hn::Lanes(narrow)) {
    auto rest = hn::Zero(narrow);
    for (; i + hn::Lanes(narrow) <= d; i += hn::Lanes(narrow)) {
      rest = step(hn::LoadU(narrow, a + i), hn::LoadU(narrow, b + i), rest);
    }
    sum += hn::GetLane(hn::SumOfLanes(narrow, rest));
  }
  const hn::CappedTag<float, 1> single;
  for (; i < d; ++i)
    sum += hn::GetLane(step(hn::LoadU(single, a + i), hn::LoadU(single, b + i), hn::Zero(single)));
  return sum;
}

// Generic lambdas do not inherit the target of the function around them, hence function objects.
struct SquaredDifference {
  template <typename V>
  HWY_INLINE V operator()(V a, V b, V sum) const {
    const V difference = hn::Sub(a, b);
    return hn::MulAdd(difference, difference, sum);
  }
};

struct Product {
  template <typename V>
  HWY_INLINE V operator()(V a, V b, V sum) const {
    return hn::MulAdd(a, b, sum);
  }
};

float SquaredL2(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, size_t d) {
  return SumOver(a, b, d, SquaredDifference());
}

float Dot(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, size_t d) {
  return SumOver(a, b, d, Product());
}

// Both sums in one pass, since the row is read from memory and the reading is what costs.
DotAndSquaredNorm DotWithSquaredNorm(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, size_t d) {
  const hn::ScalableTag<float> tag;
  const size_t lanes = hn::Lanes(tag);
  auto dot0 = hn::Zero(tag), dot1 = dot0, norm0 = dot0, norm1 = dot0;
  size_t i = 0;
  for (; i + 2 * lanes <= d; i += 2 * lanes) {
    const auto b0 = hn::LoadU(tag, b + i);
    const auto b1 = hn::LoadU(tag, b + i + lanes);
    dot0 = hn::MulAdd(hn::LoadU(tag, a + i), b0, dot0);
    dot1 = hn::MulAdd(hn::LoadU(tag, a + i + lanes), b1, dot1);
    norm0 = hn::MulAdd(b0, b0, norm0);
    norm1 = hn::MulAdd(b1, b1, norm1);
  }
  return {.dot = hn::GetLane(hn::SumOfLanes(tag, hn::Add(dot0, dot1))) + Dot(a + i, b + i, d - i),
          .squared_norm = hn::GetLane(hn::SumOfLanes(tag, hn::Add(norm0, norm1))) + Dot(b + i, b + i, d - i)};
}

void AddScaled(float factor, const float* HWY_RESTRICT x, float* HWY_RESTRICT y, size_t d) {
  const hn::ScalableTag<float> wide;
  const size_t lanes = hn::Lanes(wide);
  size_t i = 0;
  for (; i + lanes <= d; i += lanes) {
    hn::StoreU(hn::MulAdd(hn::Set(wide, factor), hn::LoadU(wide, x + i), hn::LoadU(wide, y + i)), wide,
               y + i);
  }
  for (; i < d; ++i) y[i] += factor * x[i];
}

// Every product is the same sum in the same order, whatever kRows and kVectors are.
template <size_t kRows, size_t kVectors>
HWY_INLINE void MultiplyTile(const float* HWY_RESTRICT matrix, const float* HWY_RESTRICT vectors,
                             size_t columns, float* HWY_RESTRICT out, size_t out_stride) {
  const hn::CappedTag<float, kColumnAlignment> tag;
  using V = hn::Vec<decltype(tag)>;
  V sums[kRows][kVectors];
  for (auto& row_sums : sums) {
    for (V& sum : row_sums) sum = hn::Zero(tag);
  }
  for (size_t i = 0; i < columns; i += hn::Lanes(tag)) {
    V x[kVectors];
    for (size_t v = 0; v < kVectors; ++v) x[v] = hn::LoadU(tag, vectors + v * columns + i);
    for (size_t r = 0; r < kRows; ++r) {
      const V a = hn::LoadU(tag, matrix + r * columns + i);
      for (size_t v = 0; v < kVectors; ++v) sums[r][v] = hn::MulAdd(a, x[v], sums[r][v]);
    }
  }
  for (size_t r = 0; r < kRows; ++r) {
    for (size_t v = 0; v < kVectors; ++v) {
      out[v * out_stride + r] = hn::GetLane(hn::SumOfLanes(tag, sums[r][v]));
    }
  }
}

template <size_t kVectors>
HWY_INLINE void MultiplyAllRows(const float* matrix, size_t row_count, size_t columns, const float* vectors,
                                float* out) {
  constexpr size_t kRows = 8 / kVectors;
  size_t r = 0;
  for (; r + kRows <= row_count; r += kRows) {
    MultiplyTile<kRows, kVectors>(matrix + r * columns, vectors, columns, out + r, row_count);
  }
  for (; r < row_count; ++r) {
    MultiplyTile<1, kVectors>(matrix + r * columns, vectors, columns, out + r, row_count);
  }
}

void MultiplyRows(const float* matrix, size_t row_count, size_t columns, const float* vectors,
                  size_t vector_count, float* out) {
  size_t v = 0;
  for (; v + 2 <= vector_count; v += 2) {
    MultiplyAllRows<2>(matrix, row_count, columns, vectors + v * columns, out + v * row_count);
  }
  if (v < vector_count) {
    MultiplyAllRows<1>(matrix, row_count, columns, vectors + v * columns, out + v * row_count);
  }
}

}  // namespace strata::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace strata {

HWY_EXPORT(SquaredL2);
HWY_EXPORT(Dot);
HWY_EXPORT(DotWithSquaredNorm);
HWY_EXPORT(AddScaled);
HWY_EXPORT(MultiplyRows);

float SquaredL2(const float* a, const float* b, size_t d) { return HWY_DYNAMIC_DISPATCH(SquaredL2)(a, b, d); }
float Dot(const float* a, const float* b, size_t d) { return HWY_DYNAMIC_DISPATCH(Dot)(a, b, d); }
DotAndSquaredNorm DotWithSquaredNorm(const float* a, const float* b, size_t d) {
  return HWY_DYNAMIC_DISPATCH(DotWithSquaredNorm)(a, b, d);
}
void AddScaled(float factor, const float* x, float* y, size_t d) {
  HWY_DYNAMIC_DISPATCH(AddScaled)(factor, x, y, d);
}

void MultiplyRows(const float* matrix, size_t row_count, size_t columns, const float* vectors,
                  size_t vector_count, float* out) {
  HWY_DYNAMIC_DISPATCH(MultiplyRows)(matrix, row_count, columns, vectors, vector_count, out);
}

}  // namespace strata
#endif  // HWY_ONCE
