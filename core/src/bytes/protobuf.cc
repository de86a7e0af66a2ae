#include "bytes/protobuf.h"

#include <bit>
#include <cstring>
#include <limits>

namespace strata {
namespace {

// The bytes that a number of a fixed size takes.
size_t FixedBytes(uint32_t type) {
  if (type == static_cast<uint32_t>(protozero::pbf_wire_type::fixed64)) return 8;
  if (type == static_cast<uint32_t>(protozero::pbf_wire_type::fixed32)) return 4;
  return 0;
}

}  // namespace

std::optional<uint64_t> TakeVarint(std::string_view* bytes) {
  uint64_t number = 0;
  for (size_t i = 0; i < bytes->size(); ++i) {
    const uint64_t septet = static_cast<uint8_t>((*bytes)[i]) & 0x7f;
    const size_t shift = 7 * i;
    if (shift >= 64 || septet << shift >> shift != septet) return std::nullopt;
    number |= septet << shift;
    if (septet == static_cast<uint8_t>((*bytes)[i])) {
      bytes->remove_prefix(i + 1);
      return number;
    }
  }
  return std::nullopt;
}

bool MessageReader::Next() {
  if (*damaged_ || left_.empty()) return false;
  *damaged_ = true;  // Until the whole field has been read.
  const std::optional<uint64_t> field = TakeVarint(&left_);
  if (!field || *field > std::numeric_limits<uint32_t>::max() || *field >> 3 == 0) return false;
  field_ = static_cast<uint32_t>(*field);

  const uint32_t type = field_ & 7;
  size_t size = FixedBytes(type);
  if (size == 0) {
    const std::optional<uint64_t> number = TakeVarint(&left_);
    if (!number) return false;
    number_ = *number;
    if (type == static_cast<uint32_t>(protozero::pbf_wire_type::length_delimited)) {
      if (number_ > left_.size()) return false;
      size = static_cast<size_t>(number_);
    } else if (type != static_cast<uint32_t>(protozero::pbf_wire_type::varint)) {
      return false;
    }
  }
  if (size > left_.size()) return false;
  bytes_ = left_.substr(0, size);
  left_.remove_prefix(size);
  if (field_ == Fixed64Field(field_ >> 3)) {
    static_assert(std::endian::native == std::endian::little);
    std::memcpy(&number_, bytes_.data(), sizeof(number_));
  }
  *damaged_ = false;
  return true;
}

uint32_t MessageReader::number32() {
  if (number_ > std::numeric_limits<uint32_t>::max()) *damaged_ = true;
  return static_cast<uint32_t>(number_);
}

}  // namespace strata
