#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strata/record.h"
#include "strata/result.h"

namespace strata {

enum class JsonKind : uint8_t { kNull, kBool, kInteger, kDouble, kString, kArray, kObject };

// One entry of a JsonValue's list.
struct JsonNode {
  JsonKind kind = JsonKind::kNull;
  uint32_t extent = 1;  // Nodes of this value: itself and all that it contains.
  // A bool, an integer, a double's bits, the count of elements or members, or offset << 32 | bytes of text.
  uint64_t payload = 0;
};

struct JsonMember;

// A look at one value inside a JsonValue; valid as long as that one, even if it is moved. As cheap to copy as
// a string_view. Asking for another kind than kind() is a bug (asserted).
class JsonView {
 public:
  JsonView(const JsonNode* node, const char* text) : node_(node), text_(text) {}

  JsonKind kind() const { return node_->kind; }
  bool is_number() const { return kind() == JsonKind::kInteger || kind() == JsonKind::kDouble; }
  bool is_container() const { return kind() == JsonKind::kArray || kind() == JsonKind::kObject; }

  bool boolean() const {
    assert(kind() == JsonKind::kBool);
    return node_->payload != 0;
  }
  int64_t integer() const {
    assert(kind() == JsonKind::kInteger);
    return static_cast<int64_t>(node_->payload);
  }
  // Of either kind of number; an integer beyond 2^53 is rounded.
  double number() const;
  std::string_view string() const {
    assert(kind() == JsonKind::kString);
    return {text_ + (node_->payload >> 32), static_cast<uint32_t>(node_->payload)};
  }
  // Elements of an array, or members of an object.
  size_t size() const {
    assert(is_container());
    return static_cast<size_t>(node_->payload);
  }

  // for (JsonView element : array.elements()), for (JsonMember member : object.members()), in the order of
  // the text.
  template <typename Item>
  class Range;
  Range<JsonView> elements() const;
  Range<JsonMember> members() const;

  // This value and all that it contains, depth first. An object's members are a key (kString), then its
  // value.
  std::span<const JsonNode> nodes() const { return {node_, node_->extent}; }
  const char* text() const { return text_; }

 private:
  const JsonNode* node_;
  const char* text_;
};

struct JsonMember {
  std::string_view key;
  JsonView value;
};

// A JSON value: null, bool, integer (what fits int64 and is written without point or exponent), double,
// string, array, or object with its members in the order of the text and no key twice. Any string is a plain
// key, "__proto__" too.
//
// All values lie in one list in the order of the text (a tape), each knowing how many nodes it spans, and all
// strings in another: 16 bytes a value, two allocations however many there are, and nothing to walk when it
// is destroyed.
class JsonValue {
 public:
  JsonValue() : nodes_(1) {}  // null

  JsonView view() const { return {nodes_.data(), text_.data()}; }
  operator JsonView() const { return view(); }

 private:
  friend class JsonBuilder;
  std::vector<JsonNode> nodes_;
  std::vector<char> text_;
};

struct JsonLimits {
  uint32_t depth_max = 64;               // Arrays and objects within each other.
  size_t bytes_max = kMetadataBytesMax;  // Of the text; less than 2^31.
};

// Reads RFC 8259 JSON. kInvalidArgument, naming the byte, for anything else: also malformed UTF-8, half a
// surrogate pair, a key twice in one object, a number out of double's range, more depth or bytes than
// allowed. O(bytes), and O(n log n) for an object of n keys; no recursion.
Result<JsonValue> ParseJson(std::string_view utf8, const JsonLimits& limits = {});

// Reads a record's metadata: a JSON object, or an empty text for none, which is the same as {}.
Result<JsonValue> ParseMetadata(std::string_view metadata);

// OK if `metadata` is a JSON object within the default limits.
Result<void> CheckMetadata(std::string_view metadata);

// The value as text with no needless byte. Reading it back gives the same value, doubles to the bit.
std::string WriteJson(JsonView value);

// Appends `utf8` in quotes, with quotes, backslashes and control characters escaped. Valid JSON if it is
// UTF-8.
void AppendJsonString(std::string_view utf8, std::string* json);

// The members of an object, ascending by key. O(n log n).
std::vector<JsonMember> SortedMembers(JsonView object);

// Whether two values are the same: numbers by value whatever their kind, arrays in order, objects in any
// order. O(n log n) in the size of the larger object within.
bool JsonEquals(JsonView a, JsonView b);

template <typename Item>
class JsonView::Range {
 public:
  class Iterator {
   public:
    using difference_type = std::ptrdiff_t;
    using value_type = Item;

    Iterator() = default;
    Iterator(const JsonNode* node, const char* text) : node_(node), text_(text) {}
    Item operator*() const;
    Iterator& operator++();
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator& other) const { return node_ == other.node_; }

   private:
    const JsonNode* node_ = nullptr;
    const char* text_ = nullptr;
  };

  Range(const JsonNode* container, const char* text) : container_(container), text_(text) {}
  Iterator begin() const { return {container_ + 1, text_}; }
  Iterator end() const { return {container_ + container_->extent, text_}; }

 private:
  const JsonNode* container_;
  const char* text_;
};

template <>
inline JsonView JsonView::Range<JsonView>::Iterator::operator*() const {
  return {node_, text_};
}
template <>
inline JsonView::Range<JsonView>::Iterator& JsonView::Range<JsonView>::Iterator::operator++() {
  node_ += node_->extent;
  return *this;
}
template <>
inline JsonMember JsonView::Range<JsonMember>::Iterator::operator*() const {
  return {JsonView(node_, text_).string(), {node_ + 1, text_}};
}
template <>
inline JsonView::Range<JsonMember>::Iterator& JsonView::Range<JsonMember>::Iterator::operator++() {
  node_ += 1 + node_[1].extent;
  return *this;
}

inline JsonView::Range<JsonView> JsonView::elements() const {
  assert(kind() == JsonKind::kArray);
  return {node_, text_};
}
inline JsonView::Range<JsonMember> JsonView::members() const {
  assert(kind() == JsonKind::kObject);
  return {node_, text_};
}

inline double JsonView::number() const {
  assert(is_number());
  return kind() == JsonKind::kInteger ? static_cast<double>(integer())
                                      : std::bit_cast<double>(node_->payload);
}

}  // namespace strata
