#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <protozero/pbf_reader.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "strata/result.h"

namespace strata {

// How we read protobuf messages: protozero's reader behind two rules.
//
//   * NextField() stands in for next(). protozero 1.7 compares lengths as ptrdiff_t, so that on 32-bit
//   machines a
//     length of 2^31 or more looks negative and passes; here it is checked as 64 bits against what is left.
//   * Parsing runs inside ParseMessage(), because protozero throws on damaged input and we do not.
//
// Fields are matched by tag_and_type(): a known tag with another wire type is skipped like an unknown one.
// get_bool() reads a byte without looking whether there is one: use get_uint32() != 0.
inline bool NextField(protozero::pbf_reader& message) {
  if (!message.next()) return false;
  if (message.wire_type() == protozero::pbf_wire_type::length_delimited) {
    const char* data = message.data().data();
    const char* end = data + message.data().size();
    const uint64_t bytes = protozero::decode_varint(&data, end);
    if (bytes > static_cast<uint64_t>(end - data)) throw protozero::end_of_buffer_exception{};
  }
  return true;
}

inline constexpr uint32_t VarintField(uint32_t tag) {
  return protozero::tag_and_type(tag, protozero::pbf_wire_type::varint);
}
inline constexpr uint32_t BytesField(uint32_t tag) {
  return protozero::tag_and_type(tag, protozero::pbf_wire_type::length_delimited);
}

inline std::string_view TakeView(protozero::pbf_reader& message) {
  const protozero::data_view view = message.get_view();
  return {view.data(), view.size()};
}

// Calls `parse(reader)`, which returns a Result, and turns what protozero throws into kCorruption. `what`
// begins the message: "batch", "manifest 00000004.strata".
template <typename Parse>
auto ParseMessage(std::span<const std::byte> bytes, std::string_view what, Parse&& parse)
    -> decltype(parse(std::declval<protozero::pbf_reader&>())) {
  try {
    protozero::pbf_reader message(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return parse(message);
  } catch (const protozero::exception& damage) {
    return Fail(ErrorCode::kCorruption, {what, " is not a valid message: ", damage.what()});
  }
}

}  // namespace strata
