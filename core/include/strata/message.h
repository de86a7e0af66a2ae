#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace strata {

// A piece of a message: a text or a whole number. It points to its text, so it lives no longer than the full
// expression that makes it. A literal, which most pieces are, takes a single store to make.
class MessagePart {
 public:
  MessagePart(const char* text) : text_(text) {}
  MessagePart(std::string_view text) : text_(&sized_), sized_text_(text) {}
  MessagePart(const std::string& text) : MessagePart(std::string_view(text)) {}
  template <std::integral Number>
  MessagePart(Number number)
      : text_(number < 0 ? &negative_ : &positive_),
        magnitude_(number < 0 ? 0 - static_cast<uint64_t>(number) : static_cast<uint64_t>(number)) {}
  MessagePart(bool) = delete;
  MessagePart(char) = delete;

  void AppendTo(std::string* message) const;

 private:
  // Only their addresses mean something. Not constants: those may share an address with an equal literal.
  static inline char sized_ = 0;
  static inline char positive_ = 0;
  static inline char negative_ = 0;

  const char* text_;  // A text up to its zero, or one of the three above: what the part is instead.
  union {
    std::string_view sized_text_;
    uint64_t magnitude_;  // Of the number.
  };
};

// The parts one after the other, numbers in decimal digits: Message({"found ", 3, " bytes, expected ",
// size}). A list, because chains of `+` over strings were several times as much code at each of a few hundred
// places.
std::string Message(std::initializer_list<MessagePart> parts);

}  // namespace strata
