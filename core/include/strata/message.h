#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace strata {

// A piece of a message: a text or a whole number. It points to its text, so it lives no longer than the full
// expression that makes it.
class MessagePart {
 public:
  constexpr MessagePart(std::string_view text) : text_(text.data()), number_(text.size()) {}
  constexpr MessagePart(const char* text) : MessagePart(std::string_view(text)) {}
  constexpr MessagePart(const std::string& text) : MessagePart(std::string_view(text)) {}
  template <std::integral Number>
  constexpr MessagePart(Number number)
      : text_(number < 0 ? kNegative : nullptr),
        number_(number < 0 ? 0 - static_cast<uint64_t>(number) : static_cast<uint64_t>(number)) {}
  MessagePart(bool) = delete;
  MessagePart(char) = delete;

  void AppendTo(std::string* message) const;

 private:
  static constexpr char kNegative[] = "-";

  const char* text_;  // Null or kNegative: the part is a number.
  uint64_t number_;   // Its magnitude, or the text's size.
};

// The parts one after the other: Message({"found ", 3, " bytes, expected ", size}). Some 15 bytes of code a
// part, where adding strings costs 60.
std::string Message(std::initializer_list<MessagePart> parts);

}  // namespace strata
