#pragma once

#include <cstddef>
#include <span>

#include "json_writer.h"
#include "strata/options.h"
#include "strata/result.h"

namespace strata {

// A collection's options, but for the indexed keys, as a list of u32 in the order that js/src/pack_options.ts
// knows: metric, index, quantization, pq_rotate, text_index, then OptionNumbers() (lsm/options_message.h) in
// theirs.

// kInvalidArgument for bytes that are not such a list. Ranges are checked by whoever opens the collection.
Result<CollectionOptions> DecodeCollectionNumbers(std::span<const std::byte> bytes);

// The members "numbers" and "indexed" (null: all) of an object.
void WriteCollectionOptions(JsonWriter& json, const CollectionOptions& options);

}  // namespace strata
