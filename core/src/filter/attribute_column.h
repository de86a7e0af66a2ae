#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "bytes/row_bitmap.h"
#include "strata/result.h"

namespace strata {

// What the rows of one segment have at one path: each distinct number and text, ascending, with the rows that
// have it as a value or as an element of a value that is an array; and some sets of rows. Immutable. Kept as
// the bytes that lie in the file (docs/formats/attributes.md), so memory is the file's share: some 16 bytes
// for a number that one row has.
class AttributeColumn {
 public:
  enum class Set : uint8_t {
    kExists,  // Rows with any value.
    kArray,   // With a value that is an array,
    kMixed,   // and also another that is none (the path leads through arrays of objects).
    kNull,    // With null as a value or element, and so on.
    kFalse,
    kTrue,
    kLongText,  // With a text of more than kAttributeTextBytesMax bytes, which stands in no dictionary.
  };
  static constexpr size_t kSetCount = 7;

  // The column of a path that no row has.
  AttributeColumn() = default;

  // Checks all of `bytes`, so that nothing after can fail. kCorruption. O(bytes + rows in all sets).
  static Result<std::unique_ptr<const AttributeColumn>> Decode(std::string bytes, uint32_t row_count);

  size_t number_count() const { return number_count_; }
  size_t text_count() const { return text_count_; }
  double Number(size_t i) const;
  std::string_view Text(size_t i) const;

  // The first number (text) that is not less than, or that is greater than, `value`; the count if there is
  // none.
  size_t FirstNotLess(double value) const;
  size_t FirstGreater(double value) const;
  size_t FirstNotLess(std::string_view value) const;
  size_t FirstGreater(std::string_view value) const;

  // Adds the rows of a set, or those of the numbers (texts) [begin, end).
  void AddRows(Set set, RowBitmap* rows) const { AddList(static_cast<size_t>(set), rows); }
  void AddNumberRows(size_t begin, size_t end, RowBitmap* rows) const;
  void AddTextRows(size_t begin, size_t end, RowBitmap* rows) const;

  size_t memory_bytes() const { return bytes_.capacity(); }

 private:
  uint32_t LoadUint32(size_t at) const;
  // Row list i: the sets, then the numbers, then the texts.
  std::string_view List(size_t i) const;
  void AddList(size_t i, RowBitmap* rows) const;

  std::string bytes_;
  uint32_t number_count_ = 0;
  uint32_t text_count_ = 0;
  size_t text_ends_ = 0;  // Where in bytes_ the parts begin.
  size_t list_ends_ = 0;
  size_t texts_ = 0;
  size_t lists_ = 0;
};

}  // namespace strata
