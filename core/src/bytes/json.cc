#include "bytes/json.h"

#include <cmath>
#include <string>
#include <vector>

#include "bytes/heap_sort.h"
#include "bytes/number_text.h"

namespace strata {
namespace {

void AppendDouble(double value, std::string* json) {
  if (value == 0 && std::signbit(value)) json->push_back('-');
  const std::string text = ShortestText(value);
  json->append(text);
  // So that it is read as a double again.
  if (text.find_first_of(".e") == std::string::npos) json->append(".0");
}

void AppendScalar(JsonView value, std::string* json) {
  switch (value.kind()) {
    case JsonKind::kBool:
      json->append(value.boolean() ? "true" : "false");
      break;
    case JsonKind::kInteger:
      json->append(std::to_string(value.integer()));
      break;
    case JsonKind::kDouble:
      AppendDouble(value.number(), json);
      break;
    case JsonKind::kString:
      AppendJsonString(value.string(), json);
      break;
    default:
      json->append("null");
  }
}

}  // namespace

void AppendJsonString(std::string_view utf8, std::string* json) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  constexpr std::string_view kEscaped = "\"\\\b\f\n\r\t";
  constexpr std::string_view kEscapes = "\"\\bfnrt";
  json->push_back('"');
  size_t copied = 0;
  for (size_t i = 0; i < utf8.size(); ++i) {
    const auto c = static_cast<unsigned char>(utf8[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    json->append(utf8.substr(copied, i - copied));
    copied = i + 1;
    json->push_back('\\');
    const size_t known = kEscaped.find(utf8[i]);
    if (known != std::string_view::npos) {
      json->push_back(kEscapes[known]);
    } else {
      json->append("u00");
      json->push_back(kHexDigits[c >> 4]);
      json->push_back(kHexDigits[c & 15]);
    }
  }
  json->append(utf8.substr(copied));
  json->push_back('"');
}

std::string WriteJson(JsonView value) {
  std::string json;
  struct Open {
    size_t end;
    bool is_object;
  };
  std::vector<Open> open;
  const std::span<const JsonNode> nodes = value.nodes();
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (!open.empty() && open.back().is_object) {
      AppendJsonString(JsonView(&nodes[i++], value.text()).string(), &json);
      json += ':';
    }
    const JsonView one(&nodes[i], value.text());
    if (one.is_container()) {
      const bool is_object = one.kind() == JsonKind::kObject;
      json += is_object ? '{' : '[';
      open.push_back({i + nodes[i].extent, is_object});
    } else {
      AppendScalar(one, &json);
    }
    while (!open.empty() && open.back().end == i + 1) {
      json += open.back().is_object ? '}' : ']';
      open.pop_back();
    }
    // What follows is another element or member, unless a bracket has just been opened or all is done.
    if (!open.empty() && json.back() != '[' && json.back() != '{') json += ',';
  }
  return json;
}

std::vector<JsonMember> SortedMembers(JsonView object) {
  std::vector<JsonMember> members;
  for (const JsonMember member : object.members()) members.push_back(member);
  HeapSort(members, {}, &JsonMember::key);
  return members;
}

// Recursion is bounded by the depth that ParseJson() lets in.
bool JsonEquals(JsonView a, JsonView b) {
  if (a.is_number() && b.is_number()) return a.number() == b.number();
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case JsonKind::kNull:
      return true;
    case JsonKind::kBool:
      return a.boolean() == b.boolean();
    case JsonKind::kString:
      return a.string() == b.string();
    case JsonKind::kArray: {
      if (a.size() != b.size()) return false;
      auto other = b.elements().begin();
      for (const JsonView element : a.elements()) {
        if (!JsonEquals(element, *other)) return false;
        ++other;
      }
      return true;
    }
    case JsonKind::kObject: {
      if (a.size() != b.size()) return false;
      const std::vector<JsonMember> left = SortedMembers(a), right = SortedMembers(b);
      for (size_t i = 0; i < left.size(); ++i) {
        if (left[i].key != right[i].key || !JsonEquals(left[i].value, right[i].value)) return false;
      }
      return true;
    }
    default:
      return false;  // Both kinds of number are above.
  }
}

}  // namespace strata
