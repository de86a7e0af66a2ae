#include "filter/row_list.h"

#include <cstdint>
#include <optional>
#include <protozero/buffer_string.hpp>
#include <protozero/varint.hpp>

#include "bytes/protobuf.h"

namespace strata {
namespace {

constexpr char kGaps = 0;  // Then for each row, as a varint, how many rows were skipped since the last.
constexpr char kGapsOfOthers = 1;  // The same for the rows that are not in the set.
constexpr char kBits = 2;          // Then row r as bit r % 8 of byte r / 8.

size_t BitBytes(uint32_t row_count) { return (size_t{row_count} + 7) / 8; }

// Calls visit(row) for the rows of `gaps`, until it says false. False if they are damaged.
template <typename Visit>
bool ForEachGap(std::string_view gaps, Visit&& visit) {
  uint64_t next = 0;
  while (!gaps.empty()) {
    const std::optional<uint64_t> gap = TakeVarint(&gaps);
    if (!gap) return false;
    const uint64_t row = next + (*gap & 0xffffffffu);
    if (!visit(row)) break;
    next = row + 1;
  }
  return true;
}

}  // namespace

void AppendRowList(std::span<const Row> rows, uint32_t row_count, std::string* out) {
  if (rows.empty()) return;
  std::string gaps(1, kGaps), gaps_of_others(1, kGapsOfOthers);
  Row next = 0;
  Row last_other_end = 0;  // Past the last row that is in gaps_of_others.
  const bool most = rows.size() > row_count / 2;
  const auto add_others = [&](Row begin, Row end) {
    for (Row other = begin; other < end; ++other) {
      protozero::add_varint_to_buffer(&gaps_of_others, other - last_other_end);
      last_other_end = other + 1;
    }
  };
  for (const Row row : rows) {
    if (most) {
      add_others(next, row);
    } else {
      protozero::add_varint_to_buffer(&gaps, row - next);
    }
    next = row + 1;
  }
  if (most) add_others(next, row_count);

  const std::string& shorter = most ? gaps_of_others : gaps;
  if (shorter.size() <= 1 + BitBytes(row_count)) {
    *out += shorter;
    return;
  }
  *out += kBits;
  const size_t start = out->size();
  out->resize(start + BitBytes(row_count));
  for (const Row row : rows)
    (*out)[start + row / 8] = static_cast<char>((*out)[start + row / 8] | 1 << row % 8);
}

bool IsRowList(std::string_view list, uint32_t row_count) {
  if (list.empty()) return true;
  const std::string_view body = list.substr(1);
  if (list[0] == kBits) {
    if (body.size() != BitBytes(row_count)) return false;
    return row_count % 8 == 0 || static_cast<uint8_t>(body.back()) >> row_count % 8 == 0;
  }
  if (list[0] != kGaps && list[0] != kGapsOfOthers) return false;
  bool in_range = true;
  return ForEachGap(body, [&](uint64_t row) { return in_range = row < row_count; }) && in_range;
}

void AddRowList(std::string_view list, RowBitmap* rows) {
  if (list.empty()) return;
  const std::string_view body = list.substr(1);
  if (list[0] == kGaps) {
    ForEachGap(body, [&](uint64_t row) { return rows->Set(static_cast<Row>(row)), true; });
  } else if (list[0] == kGapsOfOthers) {
    RowBitmap all_but(rows->row_count(), true);
    ForEachGap(body, [&](uint64_t row) { return all_but.Clear(static_cast<Row>(row)), true; });
    rows->Or(all_but);
  } else {
    const std::span<uint64_t> words = rows->mutable_words();
    for (size_t i = 0; i < body.size(); ++i) {
      words[i / 8] |= uint64_t{static_cast<uint8_t>(body[i])} << i % 8 * 8;
    }
  }
}

}  // namespace strata
