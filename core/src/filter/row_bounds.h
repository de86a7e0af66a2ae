#pragma once

#include <cstdint>
#include <utility>

#include "bytes/row_bitmap.h"
#include "filter/attribute_column.h"
#include "filter/expression.h"

namespace strata {

// What is known about the rows that pass a filter: all of `certain` do, none outside of `possible` does.
// `certain` is a part of `possible`.
struct RowBounds {
  RowBitmap certain;
  RowBitmap possible;

  void And(const RowBounds& other) {
    certain.And(other.certain);
    possible.And(other.possible);
  }
  void Or(const RowBounds& other) {
    certain.Or(other.certain);
    possible.Or(other.possible);
  }
  void Invert() {
    std::swap(certain, possible);
    certain.Invert();
    possible.Invert();
  }
};

// What `column` knows of a test of its path. Both sets are the same but where long texts, arrays or objects
// are compared, or a path has arrays and other values in one row. O(rows / 64), plus the values and rows
// found; for kContains plus all texts of the dictionary.
RowBounds BoundsOfTest(const Expression& test, const AttributeColumn& column, uint32_t row_count);

}  // namespace strata
