#include "quant/distance_source.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace strata {

bool DistanceSource::Run(Row first, uint32_t count, float* out) {
  std::array<Row, 64> group;
  while (count > 0) {
    const uint32_t size = std::min<uint32_t>(count, group.size());
    std::iota(group.begin(), group.begin() + size, first);
    if (!Distances({group.data(), size}, out)) return false;
    first += size;
    out += size;
    count -= size;
  }
  return true;
}

}  // namespace strata
