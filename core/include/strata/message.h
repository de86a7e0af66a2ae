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
      : text_(number < 0 ? &negative_ : &positive_),
        number_(number < 0 ? 0 - static_cast<uint64_t>(number) : static_cast<uint64_t>(number)) {}
  MessagePart(bool) = delete;
  MessagePart(char) = delete;

  void AppendTo(std::string* message) const;

 private:
  // Only their addresses mean something. Not constants: those may share an address with an equal literal.
  static inline char positive_ = 0;
  static inline char negative_ = 0;

  const char* text_;  // One of the two above: the part is a number. Null is an empty text.
  uint64_t number_;   // Its magnitude, or the text's size.
};

// The parts one after the other, numbers in decimal digits: Message({"found ", 3, " bytes, expected ",
// size}). A list, because chains of `+` over strings were several times as much code at each of a few hundred
// places.
std::string Message(std::initializer_list<MessagePart> parts);

}  // namespace strata
