#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "bytes/json.h"
#include "bytes/row_bitmap.h"
#include "filter/attribute_column.h"

namespace strata {

// Gathers what the rows have at one path and writes it as an AttributeColumn. Rows come in ascending order, a
// row's values one after the other. Memory: 12 bytes for each number, 8 for each text (and its bytes once), 4
// for each row.
class AttributeColumnBuilder {
 public:
  // A value of `row` at the path. The elements of an array count as values too; what is inside an object does
  // not.
  void Add(Row row, JsonView value);

  size_t row_count() const { return sets_[static_cast<size_t>(AttributeColumn::Set::kExists)].size(); }

  // The column's bytes, as AttributeColumn::Decode() wants them; empty if it had more than 2^32 - 1. O(n log
  // n).
  std::string Encode(uint32_t row_count);

 private:
  using Set = AttributeColumn::Set;

  void AddScalar(Row row, JsonView value);
  void AddTo(Set set, Row row);

  std::array<std::vector<Row>, AttributeColumn::kSetCount> sets_;
  std::vector<double> numbers_;       // With repetitions, and for each
  std::vector<Row> rows_of_numbers_;  // the row it comes from.
  std::map<std::string, uint32_t, std::less<>>
      texts_;                             // Each text and its position in the order of appearance,
  std::vector<uint32_t> text_positions_;  // these positions, with repetitions, and for each
  std::vector<Row> rows_of_texts_;        // the row it comes from.
  Row last_other_row_ = kNoRow;           // The last row with a value that is no array.
};

}  // namespace strata
