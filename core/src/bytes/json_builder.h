#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "bytes/json.h"

namespace strata {

// Makes a JsonValue out of events in the order of the text. An object wants Key(), then its value, for each
// member; that no key comes twice is the caller's business.
class JsonBuilder {
 public:
  JsonBuilder() { value_.nodes_.clear(); }

  void Null() { Append(JsonKind::kNull, 0); }
  void Bool(bool value) { Append(JsonKind::kBool, value ? 1 : 0); }
  void Integer(int64_t value) { Append(JsonKind::kInteger, static_cast<uint64_t>(value)); }
  void Double(double value);
  void String(std::string_view value);
  void Key(std::string_view key);
  void StartObject() { Start(JsonKind::kObject); }
  void StartArray() { Start(JsonKind::kArray); }
  void EndArray() { End(); }
  // Returns a key that the object has twice, or nothing if it has none. The view holds until the next event.
  // O(n log n) of its n keys.
  std::optional<std::string_view> EndObject();
  // A whole value of another JsonValue.
  void Copy(JsonView value);

  // Arrays and objects begun and not ended.
  size_t depth() const { return open_.size(); }

  // The finished value; the builder is of no further use.
  JsonValue Take();

 private:
  void Append(JsonKind kind, uint64_t payload);
  void Start(JsonKind kind);
  // Ends the innermost array or object.
  void End();

  JsonValue value_;
  std::vector<uint32_t> open_;  // Positions of the arrays and objects not ended, outermost first.
};

}  // namespace strata
