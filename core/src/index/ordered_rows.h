#pragma once

#include <cstdint>
#include <span>

#include "vector/row_vectors.h"

namespace strata {

// The vectors of some rows in another order: row i here is order[i] there. What an index keeps in
// an order of its own is made from this, and its distance sources count rows in that order.
class OrderedRows final : public RowVectors {
 public:
  // Both outlive this.
  OrderedRows(std::span<const Row> order, RowVectors* rows) : order_(order), rows_(rows) {}

  uint32_t row_count() const override { return static_cast<uint32_t>(order_.size()); }
  uint32_t dimension() const override { return rows_->dimension(); }
  bool Has(Row row) const override { return rows_->Has(order_[row]); }
  Result<const float*> Get(Row row) override { return rows_->Get(order_[row]); }
  Result<std::span<const float>> Run(Row row) override {
    STRATA_ASSIGN_OR_RETURN(const float* const vector, Get(row));
    return std::span(vector, dimension());
  }

 private:
  std::span<const Row> order_;
  RowVectors* rows_;
};

}  // namespace strata
