#include "bytes/json_patch.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "bytes/json.h"
#include "bytes/json_builder.h"

namespace strata {
namespace {

// One member of the result, and what it is made of: at least one of the two.
struct Step {
  std::string_view key;
  std::optional<JsonView> old_value;
  std::optional<JsonView> patch;
};

// An object being merged.
struct Frame {
  std::vector<Step> steps;
  size_t next = 0;
};

// What becomes of the members of `target` (absent: there was no object) under `patch`, in the order of the
// result.
Frame Merge(std::optional<JsonView> target, JsonView patch) {
  const std::vector<JsonMember> changes = SortedMembers(patch);
  const auto find = [](const std::vector<JsonMember>& members,
                       std::string_view key) -> std::optional<JsonView> {
    const auto found = std::ranges::lower_bound(members, key, {}, &JsonMember::key);
    if (found == members.end() || found->key != key) return std::nullopt;
    return found->value;
  };
  Frame frame;
  std::vector<JsonMember> old_members;
  if (target) {
    old_members = SortedMembers(*target);
    for (const JsonMember member : target->members()) {
      const std::optional<JsonView> change = find(changes, member.key);
      if (change && change->kind() == JsonKind::kNull) continue;
      frame.steps.push_back({member.key, member.value, change});
    }
  }
  for (const JsonMember change : patch.members()) {
    if (change.value.kind() == JsonKind::kNull || find(old_members, change.key)) continue;
    frame.steps.push_back({change.key, std::nullopt, change.value});
  }
  return frame;
}

}  // namespace

Result<std::string> MergePatch(std::string_view target_object, std::string_view patch_object) {
  STRATA_ASSIGN_OR_RETURN(const JsonValue& target, ParseMetadata(target_object));
  STRATA_ASSIGN_OR_RETURN(const JsonValue& patch, ParseMetadata(patch_object));

  JsonBuilder builder;
  std::vector<Frame> open;
  builder.StartObject();
  open.push_back(Merge(target.view(), patch));
  while (!open.empty()) {
    Frame& frame = open.back();
    if (frame.next == frame.steps.size()) {
      builder.EndObject();
      open.pop_back();
      continue;
    }
    const Step step = frame.steps[frame.next++];
    builder.Key(step.key);
    if (!step.patch) {
      builder.Copy(*step.old_value);
    } else if (step.patch->kind() != JsonKind::kObject) {
      builder.Copy(*step.patch);
    } else {
      // Also where the target has no object: nulls within the patch are orders to remove, never values.
      const bool has_object = step.old_value && step.old_value->kind() == JsonKind::kObject;
      builder.StartObject();
      open.push_back(Merge(has_object ? step.old_value : std::nullopt, *step.patch));
    }
  }

  std::string merged = WriteJson(builder.Take());
  if (merged.size() > kMetadataBytesMax) {
    return Fail(ErrorCode::kInvalidArgument,
                {"merged, it has ", merged.size(), " bytes, at most ", kMetadataBytesMax, " are allowed"});
  }
  return merged;
}

}  // namespace strata
