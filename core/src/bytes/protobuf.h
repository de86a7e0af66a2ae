#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <protozero/types.hpp>
#include <span>
#include <string_view>
#include <utility>

#include "strata/result.h"

namespace strata {

// Takes a varint off the front of `bytes`. Nothing if it does not end, or has more than 64 bits.
std::optional<uint64_t> TakeVarint(std::string_view* bytes);

// Reads a protobuf message field by field. (protozero, which writes ours, throws on damaged input, and its
// version 1.7 takes lengths of 2^31 and more for negative on 32-bit machines.)
//
// Damage ends the reading: Next() is false from then on, for messages inside this one and around it as well.
// ParseMessage() looks for it once, at the end.
class MessageReader {
 public:
  // Moves to the next field; false at the end. Fields that nobody asks about are thereby skipped.
  bool Next();

  // Tag and type of the field, to be compared with VarintField() and so on: a known tag with another type is
  // another field.
  uint32_t field() const { return field_; }
  // What a varint or fixed64 field holds.
  uint64_t number() const { return number_; }
  // The same for fields of 32 bits; more are damage.
  uint32_t number32();
  // What a bytes field holds: a string, a message, packed numbers. Points into the message.
  std::string_view bytes() const { return bytes_; }
  // A reader of the message that it holds.
  MessageReader message() const { return {bytes_, damaged_}; }

 private:
  template <typename Parse>
  friend auto ParseMessage(std::span<const std::byte> bytes, std::string_view what, Parse&& parse)
      -> decltype(parse(std::declval<MessageReader&>()));

  MessageReader(std::string_view bytes, bool* damaged) : left_(bytes), damaged_(damaged) {}

  std::string_view left_;
  bool* damaged_;
  uint32_t field_ = 0;
  uint64_t number_ = 0;
  std::string_view bytes_;
};

inline constexpr uint32_t VarintField(uint32_t tag) {
  return protozero::tag_and_type(tag, protozero::pbf_wire_type::varint);
}
inline constexpr uint32_t Fixed64Field(uint32_t tag) {
  return protozero::tag_and_type(tag, protozero::pbf_wire_type::fixed64);
}
inline constexpr uint32_t BytesField(uint32_t tag) {
  return protozero::tag_and_type(tag, protozero::pbf_wire_type::length_delimited);
}

// Calls `parse(reader)`, which returns a Result. kCorruption if the message or one inside it is damaged.
// `what` begins the error's message: "batch", "manifest 00000004.strata".
template <typename Parse>
auto ParseMessage(std::span<const std::byte> bytes, std::string_view what, Parse&& parse)
    -> decltype(parse(std::declval<MessageReader&>())) {
  bool damaged = false;
  MessageReader message({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, &damaged);
  auto parsed = parse(message);
  // What was made of the part before the damage says less than that there is damage.
  if (damaged) return Fail(ErrorCode::kCorruption, {what, " is not a valid message"});
  return parsed;
}

}  // namespace strata
