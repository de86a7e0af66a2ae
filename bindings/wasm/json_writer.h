#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace strata {

// Writes one JSON value as UTF-8 text, putting the commas. Text that is already JSON goes in as it is. Calls
// must nest; numbers are integers, since everything else travels in blocks of its own.
class JsonWriter {
 public:
  void BeginObject() { Begin('{'); }
  void EndObject() { End('}'); }
  void BeginArray() { Begin('['); }
  void EndArray() { End(']'); }

  // The next value belongs to `key`, which needs no escaping.
  void Key(std::string_view key);

  void String(std::string_view text);
  void Integer(int64_t value);
  void Unsigned(uint64_t value);
  void Bool(bool value) { Raw(value ? "true" : "false"); }
  void Null() { Raw("null"); }
  void Raw(std::string_view json);

  // Makes room for so many bytes in all.
  void Reserve(size_t bytes) { text_.reserve(bytes); }
  const std::string& text() const { return text_; }

 private:
  void Begin(char bracket);
  void End(char bracket);
  void Comma();

  std::string text_;
  bool first_ = true;  // Nothing stands before the next value in its array or object.
};

}  // namespace strata
