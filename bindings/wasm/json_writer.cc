#include "json_writer.h"

#include "bytes/json.h"

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
  Comma();
  AppendJsonString(text, &text_);
}

void JsonWriter::Integer(int64_t value) { Raw(std::to_string(value)); }
void JsonWriter::Unsigned(uint64_t value) { Raw(std::to_string(value)); }

void JsonWriter::Raw(std::string_view json) {
  Comma();
  text_ += json;
}

}  // namespace strata
