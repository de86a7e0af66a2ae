#include "index/distance_source.h"

namespace strata {

bool CodeSource::Distances(std::span<const Row> rows, float* out) {
  if (dots_.size() < rows.size()) dots_.resize(rows.size());
  CodeDots(query_, codes_->table(), rows, dots_.data());
  for (size_t i = 0; i < rows.size(); ++i) {
    out[i] = quantizer_->RawDistance(query_terms_, codes_->Terms(rows[i]), dots_[i]);
  }
  return true;
}

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
