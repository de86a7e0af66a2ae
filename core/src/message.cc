#include "strata/message.h"

#include <charconv>

namespace strata {

void MessagePart::AppendTo(std::string* message) const {
  if (text_ == &sized_) {
    message->append(sized_text_);
  } else if (text_ != &positive_ && text_ != &negative_) {
    message->append(text_);
  } else {
    constexpr size_t kDigitsMax = 20;  // 2^64 has as many.
    char digits[kDigitsMax];
    if (text_ == &negative_) message->push_back('-');
    message->append(digits, std::to_chars(digits, digits + kDigitsMax, magnitude_).ptr);
  }
}

std::string Message(std::initializer_list<MessagePart> parts) {
  std::string message;
  for (const MessagePart& part : parts) part.AppendTo(&message);
  return message;
}

}  // namespace strata
