#include "index/vector_source.h"

namespace strata {

bool VectorSource::Distances(std::span<const Row> rows, float* out) {
  for (size_t i = 0; i < rows.size(); ++i) {
    const Result<const float*> vector = rows_->Get(rows[i]);
    if (!vector) {
      error_ = vector.error();
      return false;
    }
    out[i] = distance_(*vector);
  }
  return true;
}

}  // namespace strata
