#pragma once

#include <string>
#include <string_view>

#include "strata/options.h"
#include "strata/result.h"

namespace strata {

// Options as the message CollectionOptions of core/proto/options.proto, alike in batches and manifests. Equal
// options give equal bytes.
std::string EncodeOptions(const CollectionOptions& options);

// kCorruption for bytes that are no options, or options no collection can have; kUnsupportedFormat for a
// metric, index or quantization this build does not know.
Result<CollectionOptions> DecodeOptions(std::string_view bytes);

}  // namespace strata
