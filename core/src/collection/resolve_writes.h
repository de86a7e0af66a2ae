#pragma once

#include <span>
#include <string>
#include <vector>

#include "collection/collection_state.h"
#include "lsm/batch.h"
#include "strata/collection.h"
#include "strata/options.h"

namespace strata {

// Turns what a caller asks into what the log says: whole records and deletions of records that are there, in
// order, with nothing left to decide. Replaying such ops on the same state gives the same state, so the log
// can be applied by a follower as well.
//
// Each op sees the effect of those before it. Errors are those of Collection::Write and name the op.
Result<std::vector<BatchOp>> ResolveWrites(const CollectionOptions& options, const CollectionState& state,
                                           std::vector<WriteOp> ops);

// `dimension` finite numbers, not all zero under kCosine.
Result<void> CheckVector(const CollectionOptions& options, std::span<const float> vector);

// An id as a message shows it: 17 or "b1", shortened if long.
std::string IdText(const RecordId& id);

}  // namespace strata
