#include "text/postings.h"

#include <cassert>
#include <optional>
#include <protozero/buffer_string.hpp>
#include <protozero/varint.hpp>
#include <string_view>

#include "bytes/protobuf.h"

namespace strata {

void PostingsWriter::Add(Row row, uint32_t frequency) {
  assert(row >= next_row_ && row < kNoRow && frequency > 0);
  const uint64_t gap = row - next_row_;
  protozero::add_varint_to_buffer(&bytes_, gap * 2 + (frequency > 1 ? 1 : 0));
  if (frequency > 1) protozero::add_varint_to_buffer(&bytes_, frequency);
  next_row_ = row + 1;
  ++row_count_;
}

uint64_t PostingsReader::TakeLongNumber() {
  std::string_view left(at_, static_cast<size_t>(end_ - at_));
  const std::optional<uint64_t> number = TakeVarint(&left);
  if (!number) return ~uint64_t{0};
  at_ = left.data();
  return *number;
}

void PostingsReader::SetDamaged() {
  row_ = kNoRow;
  rows_left_ = 0;
  at_ = end_;
  damaged_ = true;
}

}  // namespace strata
