#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "reply.h"
#include "strata/collection.h"
#include "strata/record.h"

namespace strata {

// What of each record an answer carries; the numbers are those of js/src/engine/methods.ts.
inline constexpr uint32_t kIncludeMetadata = 1;
inline constexpr uint32_t kIncludeText = 2;
inline constexpr uint32_t kIncludeVector = 4;

void WriteId(JsonWriter& json, const RecordId& id);

// {"ids": [...], "metadata": [...], "texts": [...], "vectors": [number of floats, ...]}, columns only of what
// is included, null for what a record does not have, and an id of null for a record that is not there. Block:
// the floats of all vectors, one after the other.
void WriteRecords(Reply& reply, std::span<const std::optional<Record>> records, uint32_t include);
void WriteRecords(Reply& reply, std::span<const Record> records, uint32_t include);

// The same members, to be put into an object that is open. Blocks: distances, scores, floats of the vectors.
void WriteHits(Reply& reply, std::span<const Hit> hits, uint32_t include);

}  // namespace strata
