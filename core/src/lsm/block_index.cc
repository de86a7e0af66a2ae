#include "lsm/block_index.h"

#include <algorithm>
#include <cassert>

#include "bytes/little_endian.h"

namespace strata {
namespace {

// An entry: block, first row, size of the separator, the separator.
constexpr size_t kFirstRowAt = 4;
constexpr size_t kSeparatorSizeAt = 8;
constexpr size_t kHeadBytes = 10;

}  // namespace

std::optional<BlockIndex> BlockIndex::Decode(std::span<const std::byte> bytes, uint32_t row_count,
                                             size_t block_count) {
  BlockIndex index;
  index.places_.clear();
  std::string_view last_separator;
  if (bytes.size() > UINT32_MAX) return {};
  while (!bytes.empty()) {
    if (bytes.size() < kHeadBytes) return {};
    const Place place{.block = LoadLittleEndian<uint32_t>(bytes.data()),
                      .first_row = LoadLittleEndian<uint32_t>(bytes.data() + kFirstRowAt),
                      .separator_begin = static_cast<uint32_t>(index.separators_.size())};
    const size_t separator_bytes = LoadLittleEndian<uint16_t>(bytes.data() + kSeparatorSizeAt);
    bytes = bytes.subspan(kHeadBytes);
    if (bytes.size() < separator_bytes || place.block >= block_count || place.first_row >= row_count)
      return {};
    const std::string_view separator(reinterpret_cast<const char*>(bytes.data()), separator_bytes);
    bytes = bytes.subspan(separator_bytes);

    const bool ascends = index.places_.empty() ? place.first_row == 0
                                               : place.block > index.places_.back().block &&
                                                     place.first_row > index.places_.back().first_row &&
                                                     separator > last_separator;
    if (!ascends) return {};
    index.places_.push_back(place);
    index.separators_ += separator;
    last_separator = separator;
  }
  if (index.places_.empty() != (row_count == 0)) return {};
  index.places_.push_back(
      {.first_row = row_count, .separator_begin = static_cast<uint32_t>(index.separators_.size())});
  return index;
}

BlockIndex::Entry BlockIndex::operator[](size_t entry) const {
  const Place& place = places_[entry];
  const Place& next = places_[entry + 1];
  const size_t separator_bytes = next.separator_begin - place.separator_begin;
  return {.block = place.block,
          .first_row = place.first_row,
          .row_count = next.first_row - place.first_row,
          .separator = std::string_view(separators_).substr(place.separator_begin, separator_bytes)};
}

size_t BlockIndex::EntryOfRow(Row row) const {
  assert(row < places_.back().first_row);
  const auto next = std::ranges::upper_bound(places_, row, {}, &Place::first_row);
  return static_cast<size_t>(next - places_.begin()) - 1;
}

std::optional<size_t> BlockIndex::EntryOfKey(std::string_view key) const {
  // The first entry whose separator is greater lies in [low, high].
  size_t low = 0;
  size_t high = size();
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if ((*this)[middle].separator <= key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low == 0 ? std::nullopt : std::optional(low - 1);
}

std::string_view BlockIndexBuilder::Separator(std::string_view previous, std::string_view key) {
  const auto [in_previous, in_key] = std::ranges::mismatch(previous, key);
  return key.substr(0, static_cast<size_t>(in_key - key.begin()) + 1);
}

void BlockIndexBuilder::Add(uint32_t block, Row first_row, std::string_view separator) {
  std::byte head[kHeadBytes];
  StoreLittleEndian(block, head);
  StoreLittleEndian(first_row, head + kFirstRowAt);
  StoreLittleEndian(static_cast<uint16_t>(separator.size()), head + kSeparatorSizeAt);
  bytes_.append(reinterpret_cast<const char*>(head), kHeadBytes);
  bytes_ += separator;
}

}  // namespace strata
