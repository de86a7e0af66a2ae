#pragma once

#include <string>
#include <string_view>

#include "strata/result.h"

namespace strata {

// Applies a JSON Merge Patch (RFC 7396) to an object: members of `patch_object` replace those of
// `target_object`, null removes, objects within objects are merged the same way, everything else (arrays too)
// is replaced whole. Members keep the target's order; new ones follow in the patch's.
//
// Both are objects, an empty text counting as {}. kInvalidArgument if one is not what CheckMetadata()
// accepts, or if the result is not (it may be too large). O(n log n) of the members; no recursion.
Result<std::string> MergePatch(std::string_view target_object, std::string_view patch_object);

}  // namespace strata
