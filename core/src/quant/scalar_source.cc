// Walks spend their time in here, so this file is built for speed (cmake/core.cmake).
#include "quant/scalar_codes.h"

namespace strata {

bool ScalarSource::Distances(std::span<const Row> rows, float* out) {
  if (dots_.size() < rows.size()) dots_.resize(rows.size());
  const CodeRows& codes = codes_->rows();
  CodeDots(query_code_.data(), codes.table(), rows, dots_.data());
  for (size_t i = 0; i < rows.size(); ++i) {
    out[i] = codes_->quantizer().RawDistance(query_terms_, codes.TermsOf(rows[i]), dots_[i]);
  }
  return true;
}

}  // namespace strata
