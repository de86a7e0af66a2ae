#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "bytes/row_bitmap.h"
#include "collection/segment_handle.h"
#include "filter/expression.h"
#include "lsm/memtable.h"
#include "strata/result.h"

namespace strata {

using Filter = std::shared_ptr<const Expression>;  // Null matches everything.

// The live rows of a segment that `filter` lets through.
Result<RowBitmap> LiveMatches(const SegmentHandle& handle, const Expression* filter);

// Whether a record in memory passes. Parses its metadata: O(bytes).
Result<bool> MatchesRecord(const MemRecord& record, const Expression* filter);

}  // namespace strata
