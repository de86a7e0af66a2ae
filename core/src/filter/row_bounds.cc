#include "filter/row_bounds.h"

#include <cassert>
#include <string_view>

#include "filter/attribute_format.h"

namespace strata {
namespace {

using Kind = Expression::Kind;
using Set = AttributeColumn::Set;

bool IsLong(std::string_view text) { return text.size() > kAttributeTextBytesMax; }

// One test against one column. Starts with no row in either set; each Add... function adds to them.
class ColumnTest {
 public:
  ColumnTest(const AttributeColumn& column, uint32_t row_count)
      : column_(column), row_count_(row_count), exact_(row_count), possible_(row_count) {}

  void AddExists() { column_.AddRows(Set::kExists, &exact_); }

  void AddEqual(JsonView value) {
    switch (value.kind()) {
      case JsonKind::kNull: {
        RowBitmap missing = RowsOf(Set::kExists);
        missing.Invert();
        exact_.Or(missing);
        return column_.AddRows(Set::kNull, &exact_);
      }
      // Arrays and objects are in no dictionary. Only an array can be or hold the one.
      case JsonKind::kArray:
        return column_.AddRows(Set::kArray, &possible_);
      case JsonKind::kObject:
        return column_.AddRows(Set::kExists, &possible_);
      case JsonKind::kString:
        if (IsLong(value.string())) return column_.AddRows(Set::kLongText, &possible_);
        break;
      default:
        break;
    }
    AddScalarRows(value, &exact_);
  }

  void AddOrdered(Kind kind, JsonView operand) {
    const bool less = kind == Kind::kLess || kind == Kind::kLessOrEqual;
    const bool or_equal = kind == Kind::kLessOrEqual || kind == Kind::kGreaterOrEqual;
    // The values that are less than the operand, or else those that are not greater, come before this place.
    const auto place = [&](const auto& value) {
      return less == or_equal ? column_.FirstGreater(value) : column_.FirstNotLess(value);
    };
    if (operand.is_number()) {
      const size_t middle = place(operand.number());
      column_.AddNumberRows(less ? 0 : middle, less ? middle : column_.number_count(), &exact_);
    } else if (operand.kind() == JsonKind::kString) {
      const size_t middle = place(operand.string());
      column_.AddTextRows(less ? 0 : middle, less ? middle : column_.text_count(), &exact_);
      column_.AddRows(Set::kLongText, &possible_);
    } else {
      for (const bool value : {false, true}) {
        const bool passes = value == operand.boolean() ? or_equal : value < operand.boolean() ? less : !less;
        if (passes) column_.AddRows(value ? Set::kTrue : Set::kFalse, &exact_);
      }
    }
  }

  void AddStartsWith(std::string_view prefix) {
    const size_t begin = column_.FirstNotLess(prefix);
    size_t end = begin;
    while (end < column_.text_count() && column_.Text(end).starts_with(prefix)) ++end;
    column_.AddTextRows(begin, end, &exact_);
    column_.AddRows(Set::kLongText, &possible_);
  }

  // Elements of an array must be equal; a text alone may also hold the operand somewhere. The dictionary does
  // not say which of the two a row has its text as, but the sets of rows with arrays do, except for mixed
  // rows.
  void AddContains(JsonView operand) {
    if (operand.is_container()) return column_.AddRows(Set::kArray, &possible_);
    RowBitmap equal(row_count_);
    const bool is_text = operand.kind() == JsonKind::kString;
    if (!is_text || !IsLong(operand.string())) AddScalarRows(operand, &equal);
    const RowBitmap arrays = RowsOf(Set::kArray), mixed = RowsOf(Set::kMixed);
    RowBitmap only_arrays = mixed;
    only_arrays.Invert();
    only_arrays.And(arrays);

    if (!is_text) {
      RowBitmap maybe = equal;
      maybe.And(mixed);
      possible_.Or(maybe);
      equal.And(only_arrays);
      exact_.Or(equal);
      return;
    }
    exact_.Or(equal);
    RowBitmap holding(row_count_);
    for (size_t i = 0; i < column_.text_count(); ++i) {
      if (column_.Text(i).contains(operand.string())) column_.AddTextRows(i, i + 1, &holding);
    }
    RowBitmap maybe = holding;
    maybe.And(mixed);
    possible_.Or(maybe);
    RowBitmap no_arrays = arrays;
    no_arrays.Invert();
    holding.And(no_arrays);
    exact_.Or(holding);
    column_.AddRows(Set::kLongText, &possible_);
  }

  RowBounds Take() {
    possible_.Or(exact_);
    return {std::move(exact_), std::move(possible_)};
  }

 private:
  RowBitmap RowsOf(Set set) const {
    RowBitmap rows(row_count_);
    column_.AddRows(set, &rows);
    return rows;
  }

  // The rows with a scalar that is in the column, as a value or an element.
  void AddScalarRows(JsonView value, RowBitmap* rows) const {
    if (value.kind() == JsonKind::kNull) return column_.AddRows(Set::kNull, rows);
    if (value.kind() == JsonKind::kBool)
      return column_.AddRows(value.boolean() ? Set::kTrue : Set::kFalse, rows);
    if (value.is_number()) {
      return column_.AddNumberRows(column_.FirstNotLess(value.number()), column_.FirstGreater(value.number()),
                                   rows);
    }
    column_.AddTextRows(column_.FirstNotLess(value.string()), column_.FirstGreater(value.string()), rows);
  }

  const AttributeColumn& column_;
  uint32_t row_count_;
  RowBitmap exact_;
  RowBitmap possible_;
};

}  // namespace

RowBounds BoundsOfTest(const Expression& test, const AttributeColumn& column, uint32_t row_count) {
  ColumnTest rows(column, row_count);
  switch (test.kind) {
    case Kind::kExists:
      rows.AddExists();
      break;
    case Kind::kEqual:
      rows.AddEqual(test.operand);
      break;
    case Kind::kLess:
    case Kind::kLessOrEqual:
    case Kind::kGreater:
    case Kind::kGreaterOrEqual:
      rows.AddOrdered(test.kind, test.operand);
      break;
    case Kind::kIn:
      for (const JsonView choice : test.choices) rows.AddEqual(choice);
      break;
    case Kind::kStartsWith:
      rows.AddStartsWith(test.operand.view().string());
      break;
    case Kind::kContains:
      rows.AddContains(test.operand);
      break;
    case Kind::kAnd:
    case Kind::kOr:
    case Kind::kNot:
      assert(false);
  }
  return rows.Take();
}

}  // namespace strata
