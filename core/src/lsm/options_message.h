#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "strata/options.h"
#include "strata/result.h"

namespace strata {

// An option of a collection that is a number, but for enums and flags.
struct OptionNumber {
  uint32_t tag = 0;            // In the message.
  const char* name = nullptr;  // As users write it.
  uint32_t CollectionOptions::* member = nullptr;
  uint32_t min = 0;
  uint32_t max = 0;
};
std::span<const OptionNumber> OptionNumbers();

// Options as the message CollectionOptions of core/proto/options.proto, alike in batches and manifests. Equal
// options give equal bytes.
std::string EncodeOptions(const CollectionOptions& options);

// kCorruption for bytes that are no options, or options no collection can have; kUnsupportedFormat for a
// metric, index or quantization this build does not know.
Result<CollectionOptions> DecodeOptions(std::string_view bytes);

}  // namespace strata
