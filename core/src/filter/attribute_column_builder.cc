#include "filter/attribute_column_builder.h"

#include <algorithm>
#include <limits>
#include <span>

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
      numbers_.push_back({value.number() + 0.0, row});  // -0 becomes 0, which it equals.
      return;
    case JsonKind::kString: {
      const std::string_view text = value.string();
      if (text.size() > kAttributeTextBytesMax) return AddTo(Set::kLongText, row);
      auto known = texts_.find(text);
      if (known == texts_.end()) known = texts_.emplace(text, static_cast<uint32_t>(texts_.size())).first;
      rows_of_texts_.push_back({known->second, row});
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

  std::ranges::sort(numbers_, [](const NumberOfRow& a, const NumberOfRow& b) {
    return a.number < b.number || (a.number == b.number && a.row < b.row);
  });
  uint32_t number_count = 0;
  std::vector<Row> rows;
  for (size_t i = 0; i < numbers_.size();) {
    const double number = numbers_[i].number;
    rows.clear();
    for (; i < numbers_.size() && numbers_[i].number == number; ++i) {
      if (rows.empty() || rows.back() != numbers_[i].row) rows.push_back(numbers_[i].row);
    }
    AppendNumber(std::bit_cast<uint64_t>(number), &numbers);
    append_list(rows);
    ++number_count;
  }

  // Rows are already in order within each text, so it takes no sorting to bring them together.
  std::vector<uint32_t> begins(texts_.size() + 1);
  for (const TextOfRow& one : rows_of_texts_) ++begins[one.text + 1];
  for (size_t i = 1; i < begins.size(); ++i) begins[i] += begins[i - 1];
  std::vector<Row> rows_by_text(rows_of_texts_.size());
  std::vector<uint32_t> ends(begins.begin(), begins.end() - 1);
  for (const TextOfRow& one : rows_of_texts_) {
    uint32_t& end = ends[one.text];
    if (end == begins[one.text] || rows_by_text[end - 1] != one.row) rows_by_text[end++] = one.row;
  }
  std::vector<const std::pair<const std::string, uint32_t>*> sorted;
  for (const auto& text : texts_) sorted.push_back(&text);
  std::ranges::sort(sorted, {}, [](const auto* text) -> const std::string& { return text->first; });
  for (const auto* text : sorted) {
    texts += text->first;
    AppendNumber(static_cast<uint32_t>(texts.size()), &text_ends);
    append_list(
        std::span(rows_by_text).subspan(begins[text->second], ends[text->second] - begins[text->second]));
  }

  std::string bytes;
  const size_t bytes_total =
      16 + numbers.size() + text_ends.size() + list_ends.size() + texts.size() + lists.size();
  if (bytes_total > std::numeric_limits<uint32_t>::max()) return bytes;
  bytes.reserve(bytes_total);
  AppendNumber(number_count, &bytes);
  AppendNumber(static_cast<uint32_t>(sorted.size()), &bytes);
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
