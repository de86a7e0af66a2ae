#include "bytes/json_builder.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

#include "bytes/append.h"

namespace strata {

void JsonBuilder::Double(double value) { Append(JsonKind::kDouble, std::bit_cast<uint64_t>(value)); }

void JsonBuilder::String(std::string_view value) {
  const uint64_t offset = value_.text_.size();
  AppendAll(value, &value_.text_);
  Append(JsonKind::kString, offset << 32 | value.size());
}

void JsonBuilder::Key(std::string_view key) {
  String(key);
  --value_.nodes_[open_.back()].payload;  // A member counts once, with its value.
}

void JsonBuilder::End() {
  const uint32_t start = open_.back();
  open_.pop_back();
  value_.nodes_[start].extent = static_cast<uint32_t>(value_.nodes_.size()) - start;
}

void JsonBuilder::Copy(JsonView value) {
  for (const JsonNode& node : value.nodes()) {
    JsonNode copy = node;
    if (node.kind == JsonKind::kString) {
      const std::string_view text = JsonView(&node, value.text()).string();
      copy.payload = uint64_t{value_.text_.size()} << 32 | text.size();
      AppendAll(text, &value_.text_);
    }
    value_.nodes_.push_back(copy);
  }
  if (!open_.empty()) ++value_.nodes_[open_.back()].payload;
}

std::optional<std::string_view> JsonBuilder::EndObject() {
  const uint32_t start = open_.back();
  End();
  const JsonView object(&value_.nodes_[start], value_.text_.data());
  const std::vector<JsonMember> members = SortedMembers(object);
  const auto twice = std::ranges::adjacent_find(members, {}, &JsonMember::key);
  if (twice == members.end()) return std::nullopt;
  return twice->key;
}

JsonValue JsonBuilder::Take() {
  assert(open_.empty() && !value_.nodes_.empty());
  return std::move(value_);
}

void JsonBuilder::Append(JsonKind kind, uint64_t payload) {
  if (!open_.empty()) ++value_.nodes_[open_.back()].payload;
  value_.nodes_.push_back({.kind = kind, .extent = 1, .payload = payload});
}

void JsonBuilder::Start(JsonKind kind) {
  Append(kind, 0);
  open_.push_back(static_cast<uint32_t>(value_.nodes_.size() - 1));
}

}  // namespace strata
