#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "strata/collection.h"
#include "strata/result.h"

namespace strata {

// Decodes a batch that js/src/wire/batch.ts packed. Its head holds ops one after the other; numbers are
// little endian:
//
//   op      u8 kind (low four bits: WriteOp::Kind) and fields (0x10 vector, 0x20 metadata, 0x40 text)
//           id
//           u32 number of floats          if it has a vector
//           u32 bytes, UTF-8 JSON text    if it has metadata
//           u32 bytes, UTF-8 text         if it has a text
//   id      u8 1, f64 an integer   |   u8 2, u32 bytes, UTF-8 text
//
// The floats of all vectors stand in `floats`, in the order of the ops. Requests can come from another tab,
// so nothing is taken for granted: kInvalidArgument names the byte at which the head stops making sense. What
// ids, metadata and vectors may hold is the engine's to check. O(bytes); copies everything.
Result<std::vector<WriteOp>> DecodeBatch(std::span<const std::byte> head, std::span<const float> floats);

// Texts alone, one after the other.
Result<std::vector<std::string>> DecodeTexts(std::span<const std::byte> bytes);

// Ids alone, one after the other.
Result<std::vector<RecordId>> DecodeIds(std::span<const std::byte> bytes);

}  // namespace strata
