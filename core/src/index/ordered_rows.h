#pragma once

#include "index/node_order.h"
#include "vector/row_vectors.h"

namespace strata {

// The vectors of rows in the order of an index: asked for by node.
class OrderedRows final : public RowVectors {
 public:
  // Both must outlive this object.
  OrderedRows(const NodeOrder& order, RowVectors& rows) : order_(&order), rows_(&rows) {}

  uint32_t row_count() const override { return rows_->row_count(); }
  uint32_t dimension() const override { return rows_->dimension(); }
  bool Has(Row node) const override { return rows_->Has(order_->RowOf(node)); }
  Result<const float*> Get(Row node) override { return rows_->Get(order_->RowOf(node)); }
  Result<std::span<const float>> Run(Row node) override {
    STRATA_ASSIGN_OR_RETURN(const float* const vector, Get(node));
    return std::span(vector, dimension());
  }

 private:
  const NodeOrder* order_;
  RowVectors* rows_;
};

}  // namespace strata
