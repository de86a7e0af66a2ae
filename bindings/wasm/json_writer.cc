#include "json_writer.h"

namespace strata {

void JsonWriter::Comma() {
  if (!first_) text_ += ',';
  first_ = false;
}

void JsonWriter::Begin(char bracket) {
  Comma();
  text_ += bracket;
  first_ = true;
}

void JsonWriter::End(char bracket) {
  text_ += bracket;
  first_ = false;
}

void JsonWriter::Key(std::string_view key) {
  Comma();
  text_ += '"';
  text_ += key;
  text_ += "\":";
  first_ = true;
}

void JsonWriter::String(std::string_view text) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  Comma();
  text_ += '"';
  size_t copied = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    text_ += text.substr(copied, i - copied);
    copied = i + 1;
    if (c == '"' || c == '\\') {
      text_ += '\\';
      text_ += text[i];
    } else {
      text_ += "\\u00";
      text_ += kHexDigits[c >> 4];
      text_ += kHexDigits[c & 15];
    }
  }
  text_ += text.substr(copied);
  text_ += '"';
}

void JsonWriter::Integer(int64_t value) { Raw(std::to_string(value)); }
void JsonWriter::Unsigned(uint64_t value) { Raw(std::to_string(value)); }

void JsonWriter::Raw(std::string_view json) {
  Comma();
  text_ += json;
}

}  // namespace strata
