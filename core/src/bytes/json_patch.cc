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
  struct Change {
    JsonMember member;
    bool used = false;
  };
  std::vector<Change> changes;
  for (const JsonMember member : patch.members()) changes.push_back({member});
  std::vector<Change*> by_key;
  for (Change& change : changes) by_key.push_back(&change);
  const auto key_of = [](const Change* change) { return change->member.key; };
  std::ranges::sort(by_key, {}, key_of);

  Frame frame;
  if (target) {
    for (const JsonMember member : target->members()) {
      const auto found = std::ranges::lower_bound(by_key, member.key, {}, key_of);
      if (found == by_key.end() || (*found)->member.key != member.key) {
        frame.steps.push_back({member.key, member.value, std::nullopt});
        continue;
      }
      (*found)->used = true;
      const JsonView value = (*found)->member.value;
      if (value.kind() != JsonKind::kNull) frame.steps.push_back({member.key, member.value, value});
    }
  }
  for (const Change& change : changes) {
    if (change.used || change.member.value.kind() == JsonKind::kNull) continue;
    frame.steps.push_back({change.member.key, std::nullopt, change.member.value});
  }
  return frame;
}

}  // namespace

Result<std::string> MergePatch(std::string_view target_object, std::string_view patch_object) {
  STRATA_ASSIGN_OR_RETURN(const JsonValue target, ParseMetadata(target_object));
  STRATA_ASSIGN_OR_RETURN(const JsonValue patch, ParseMetadata(patch_object));

  JsonBuilder builder;
  std::vector<Frame> open;
  builder.StartObject();
  open.push_back(Merge(target.view(), patch));
  while (!open.empty()) {
    Frame& frame = open.back();
    if (frame.next == frame.steps.size()) {
      builder.End();
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
    return Fail(ErrorCode::kInvalidArgument, "merged, it has " + std::to_string(merged.size()) +
                                                 " bytes, at most " + std::to_string(kMetadataBytesMax) +
                                                 " are allowed");
  }
  return merged;
}

}  // namespace strata
