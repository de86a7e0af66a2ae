#include "filter/attribute_column.h"

#include <bit>
#include <cmath>
#include <utility>

#include "bytes/little_endian.h"
#include "filter/attribute_format.h"
#include "filter/row_list.h"

namespace strata {
namespace {

// number_count, text_count, bytes of the texts, bytes of the row lists: 4 bytes each.
constexpr size_t kHeaderBytes = 16;

Failure Damaged(std::initializer_list<MessagePart> what) {
  return Fail(ErrorCode::kCorruption, {"attribute column: ", Message(what)});
}

// The first i in [0, count) for which less(i) is false, where those for which it is true come first.
template <typename Less>
size_t PartitionPoint(size_t count, Less&& less) {
  size_t begin = 0;
  while (begin < count) {
    const size_t middle = begin + (count - begin) / 2;
    if (less(middle)) {
      begin = middle + 1;
    } else {
      count = middle;
    }
  }
  return begin;
}

}  // namespace

Result<std::unique_ptr<const AttributeColumn>> AttributeColumn::Decode(std::string bytes,
                                                                       uint32_t row_count) {
  auto column = std::make_unique<AttributeColumn>();
  AttributeColumn& self = *column;
  self.bytes_ = std::move(bytes);
  if (self.bytes_.size() < kHeaderBytes) return Damaged({"it is shorter than its header"});
  self.number_count_ = self.LoadUint32(0);
  self.text_count_ = self.LoadUint32(4);
  const uint64_t text_bytes = self.LoadUint32(8), list_bytes = self.LoadUint32(12);
  const uint64_t list_count = kSetCount + uint64_t{self.number_count_} + self.text_count_;
  const uint64_t text_ends = kHeaderBytes + uint64_t{self.number_count_} * sizeof(double);
  const uint64_t list_ends = text_ends + uint64_t{self.text_count_} * sizeof(uint32_t);
  const uint64_t texts = list_ends + list_count * sizeof(uint32_t);
  if (texts + text_bytes + list_bytes != self.bytes_.size()) {
    return Damaged(
        {"it has ", self.bytes_.size(), " bytes, its header says ", texts + text_bytes + list_bytes});
  }
  self.text_ends_ = static_cast<size_t>(text_ends);
  self.list_ends_ = static_cast<size_t>(list_ends);
  self.texts_ = static_cast<size_t>(texts);
  self.lists_ = static_cast<size_t>(texts + text_bytes);

  const auto ends_are_in_order = [&](size_t ends, size_t count, uint64_t last) {
    uint32_t before = 0;
    for (size_t i = 0; i < count; ++i) {
      const uint32_t end = self.LoadUint32(ends + i * sizeof(uint32_t));
      if (end < before) return false;
      before = end;
    }
    return before == last;
  };
  if (!ends_are_in_order(self.text_ends_, self.text_count_, text_bytes))
    return Damaged({"a text lies outside it"});
  if (!ends_are_in_order(self.list_ends_, static_cast<size_t>(list_count), list_bytes)) {
    return Damaged({"a row list lies outside it"});
  }
  for (size_t i = 0; i < self.number_count_; ++i) {
    const bool in_order = i == 0 ? std::isfinite(self.Number(0)) : self.Number(i - 1) < self.Number(i);
    if (!in_order) return Damaged({"its numbers are not in order"});
  }
  for (size_t i = 1; i < self.text_count_; ++i) {
    if (self.Text(i - 1) >= self.Text(i)) return Damaged({"its texts are not in order"});
  }
  for (size_t i = 0; i < list_count; ++i) {
    if (!IsRowList(self.List(i), row_count)) return Damaged({"a row list has rows that do not exist"});
  }
  return column;
}

double AttributeColumn::Number(size_t i) const {
  const auto* bytes = reinterpret_cast<const std::byte*>(bytes_.data());
  return std::bit_cast<double>(LoadLittleEndian<uint64_t>(bytes + kHeaderBytes + i * sizeof(double)));
}

std::string_view AttributeColumn::Text(size_t i) const {
  const uint32_t begin = i == 0 ? 0 : LoadUint32(text_ends_ + (i - 1) * sizeof(uint32_t));
  const uint32_t end = LoadUint32(text_ends_ + i * sizeof(uint32_t));
  return std::string_view(bytes_).substr(texts_ + begin, end - begin);
}

size_t AttributeColumn::FirstNotLess(double value) const {
  return PartitionPoint(number_count_, [&](size_t i) { return Number(i) < value; });
}
size_t AttributeColumn::FirstGreater(double value) const {
  return PartitionPoint(number_count_, [&](size_t i) { return Number(i) <= value; });
}
size_t AttributeColumn::FirstNotLess(std::string_view value) const {
  return PartitionPoint(text_count_, [&](size_t i) { return Text(i) < value; });
}
size_t AttributeColumn::FirstGreater(std::string_view value) const {
  return PartitionPoint(text_count_, [&](size_t i) { return Text(i) <= value; });
}

void AttributeColumn::AddNumberRows(size_t begin, size_t end, RowBitmap* rows) const {
  for (size_t i = begin; i < end; ++i) AddList(kSetCount + i, rows);
}

void AttributeColumn::AddTextRows(size_t begin, size_t end, RowBitmap* rows) const {
  for (size_t i = begin; i < end; ++i) AddList(kSetCount + number_count_ + i, rows);
}

uint32_t AttributeColumn::LoadUint32(size_t at) const {
  return LoadLittleEndian<uint32_t>(reinterpret_cast<const std::byte*>(bytes_.data()) + at);
}

std::string_view AttributeColumn::List(size_t i) const {
  const uint32_t begin = i == 0 ? 0 : LoadUint32(list_ends_ + (i - 1) * sizeof(uint32_t));
  const uint32_t end = LoadUint32(list_ends_ + i * sizeof(uint32_t));
  return std::string_view(bytes_).substr(lists_ + begin, end - begin);
}

void AttributeColumn::AddList(size_t i, RowBitmap* rows) const {
  if (!bytes_.empty()) AddRowList(List(i), rows);
}

}  // namespace strata
