#include "filter/attribute_column_builder.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <span>

#include "bytes/heap_sort.h"
#include "bytes/little_endian.h"
#include "filter/attribute_format.h"
#include "filter/row_list.h"

namespace strata {
namespace {

template <typename T>
void AppendNumber(T value, std::string* out) {
  std::array<std::byte, sizeof(T)> bytes;
  StoreLittleEndian(value, bytes.data());
  out->append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

// A number whose order as an integer is the order of the doubles: negative ones count down from the middle,
// positive ones up. NaN does not occur in JSON.
constexpr uint64_t kSignBit = uint64_t{1} << 63;
uint64_t OrderOf(double number) {
  const auto bits = std::bit_cast<uint64_t>(number);
  return bits & kSignBit ? ~bits : bits | kSignBit;
}
uint64_t BitsOfOrder(uint64_t order) { return order & kSignBit ? order & ~kSignBit : ~order; }

// Brings the rows of each value together. Rows come in ascending order, so it takes no sorting.
class RowsByValue {
 public:
  // `rows[i]` has value number `values[i]` < value_count.
  RowsByValue(std::span<const uint32_t> values, std::span<const Row> rows, size_t value_count)
      : begins_(value_count + 1), rows_(rows.size()) {
    for (const uint32_t value : values) ++begins_[value + 1];
    for (size_t i = 1; i < begins_.size(); ++i) begins_[i] += begins_[i - 1];
    ends_ = begins_;
    for (size_t i = 0; i < values.size(); ++i) {
      size_t& end = ends_[values[i]];
      // An array may hold an element twice.
      if (end == begins_[values[i]] || rows_[end - 1] != rows[i]) rows_[end++] = rows[i];
    }
  }

  std::span<const Row> Of(uint32_t value) const {
    return std::span(rows_).subspan(begins_[value], ends_[value] - begins_[value]);
  }

 private:
  std::vector<size_t> begins_;
  std::vector<size_t> ends_;
  std::vector<Row> rows_;
};

}  // namespace

void AttributeColumnBuilder::Add(Row row, JsonView value) {
  AddTo(Set::kExists, row);
  if (value.kind() == JsonKind::kArray) {
    AddTo(Set::kArray, row);
    for (const JsonView element : value.elements()) AddScalar(row, element);
  } else {
    last_other_row_ = row;
    AddScalar(row, value);
  }
  const std::vector<Row>& arrays = sets_[static_cast<size_t>(Set::kArray)];
  if (last_other_row_ == row && !arrays.empty() && arrays.back() == row) AddTo(Set::kMixed, row);
}

void AttributeColumnBuilder::AddScalar(Row row, JsonView value) {
  switch (value.kind()) {
    case JsonKind::kNull:
      return AddTo(Set::kNull, row);
    case JsonKind::kBool:
      return AddTo(value.boolean() ? Set::kTrue : Set::kFalse, row);
    case JsonKind::kInteger:
    case JsonKind::kDouble:
      numbers_.push_back(value.number() + 0.0);  // -0 becomes 0, which it equals.
      rows_of_numbers_.push_back(row);
      return;
    case JsonKind::kString: {
      const std::string_view text = value.string();
      if (text.size() > kAttributeTextBytesMax) return AddTo(Set::kLongText, row);
      auto known = texts_.find(text);
      if (known == texts_.end()) known = texts_.emplace(text, static_cast<uint32_t>(texts_.size())).first;
      text_positions_.push_back(known->second);
      rows_of_texts_.push_back(row);
      return;
    }
    case JsonKind::kArray:
    case JsonKind::kObject:
      return;  // Compared as a whole, by evaluating metadata.
  }
}

void AttributeColumnBuilder::AddTo(Set set, Row row) {
  std::vector<Row>& rows = sets_[static_cast<size_t>(set)];
  if (rows.empty() || rows.back() != row) rows.push_back(row);
}

std::string AttributeColumnBuilder::Encode(uint32_t row_count) {
  std::string numbers, text_ends, texts, list_ends, lists;
  const auto append_list = [&](std::span<const Row> rows) {
    AppendRowList(rows, row_count, &lists);
    AppendNumber(static_cast<uint32_t>(lists.size()), &list_ends);
  };
  for (const std::vector<Row>& set : sets_) append_list(set);

  std::vector<uint64_t> orders;
  for (const double number : numbers_) orders.push_back(OrderOf(number));
  std::vector<uint64_t> distinct = orders;
  HeapSort(distinct);
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  std::vector<uint32_t> positions;
  for (const uint64_t order : orders) {
    const auto found = std::lower_bound(distinct.begin(), distinct.end(), order);
    positions.push_back(static_cast<uint32_t>(found - distinct.begin()));
  }
  const RowsByValue number_rows(positions, rows_of_numbers_, distinct.size());
  for (uint32_t i = 0; i < distinct.size(); ++i) {
    AppendNumber(BitsOfOrder(distinct[i]), &numbers);
    append_list(number_rows.Of(i));
  }

  const RowsByValue text_rows(text_positions_, rows_of_texts_, texts_.size());
  for (const auto& [text, position] : texts_) {
    texts += text;
    AppendNumber(static_cast<uint32_t>(texts.size()), &text_ends);
    append_list(text_rows.Of(position));
  }

  std::string bytes;
  const size_t bytes_total =
      16 + numbers.size() + text_ends.size() + list_ends.size() + texts.size() + lists.size();
  if (bytes_total > std::numeric_limits<uint32_t>::max()) return bytes;
  bytes.reserve(bytes_total);
  AppendNumber(static_cast<uint32_t>(distinct.size()), &bytes);
  AppendNumber(static_cast<uint32_t>(texts_.size()), &bytes);
  AppendNumber(static_cast<uint32_t>(texts.size()), &bytes);
  AppendNumber(static_cast<uint32_t>(lists.size()), &bytes);
  bytes += numbers;
  bytes += text_ends;
  bytes += list_ends;
  bytes += texts;
  bytes += lists;
  return bytes;
}

}  // namespace strata
