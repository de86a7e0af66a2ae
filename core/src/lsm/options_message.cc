#include "lsm/options_message.h"

#include <protozero/pbf_writer.hpp>
#include <vector>

#include "bytes/protobuf.h"
#include "strata/record.h"

namespace strata {
namespace {

enum OptionsTag : uint32_t {
  kDimension = 1,
  kMetric = 2,
  kIndex = 3,
  kHnswM = 4,
  kHnswEfConstruction = 5,
  kQuantization = 6,
  kIndexed = 7,
  kTextIndex = 30,
};
constexpr uint32_t kIndexedKey = 1;

template <typename Enum>
Result<Enum> TakeEnum(const MessageReader& message, Enum last, const char* what) {
  const uint64_t number = message.number();
  if (number > static_cast<uint64_t>(last)) {
    return Fail(ErrorCode::kUnsupportedFormat,
                {"collection options: this build knows no ", what, " of number ", number});
  }
  return static_cast<Enum>(number);
}

std::vector<std::string> ParseKeys(MessageReader list) {
  std::vector<std::string> keys;
  while (list.Next()) {
    if (list.field() == BytesField(kIndexedKey)) keys.emplace_back(list.bytes());
  }
  return keys;
}

Result<CollectionOptions> Parse(MessageReader& message) {
  CollectionOptions options;
  while (message.Next()) {
    switch (message.field()) {
      case VarintField(kDimension):
        options.dimension = message.number32();
        break;
      case VarintField(kMetric): {
        STRATA_ASSIGN_OR_RETURN(options.metric, TakeEnum(message, Metric::kDot, "metric"));
        break;
      }
      case VarintField(kIndex): {
        STRATA_ASSIGN_OR_RETURN(options.index, TakeEnum(message, IndexType::kHnsw, "index type"));
        break;
      }
      case VarintField(kHnswM):
        options.hnsw_m = message.number32();
        break;
      case VarintField(kHnswEfConstruction):
        options.hnsw_ef_construction = message.number32();
        break;
      case VarintField(kQuantization): {
        STRATA_ASSIGN_OR_RETURN(options.quantization, TakeEnum(message, Quantization::kSq8, "quantization"));
        break;
      }
      case BytesField(kIndexed):
        options.indexed = ParseKeys(message.message());
        break;
      case VarintField(kTextIndex):
        options.text_index = message.number() != 0;
        break;
    }
  }
  // They decide how much memory is taken, so nonsense stops here.
  if (options.dimension > kDimensionMax || options.hnsw_m < 2 || options.hnsw_m > 128 ||
      options.hnsw_ef_construction > 4096) {
    return Fail(ErrorCode::kCorruption, {"collection options: dimension ", options.dimension, ", m ",
                                         options.hnsw_m, ", efConstruction ", options.hnsw_ef_construction});
  }
  return options;
}

}  // namespace

std::string EncodeOptions(const CollectionOptions& options) {
  std::string bytes;
  protozero::pbf_writer message(bytes);
  message.add_uint32(kDimension, options.dimension);
  message.add_uint32(kMetric, static_cast<uint32_t>(options.metric));
  message.add_uint32(kIndex, static_cast<uint32_t>(options.index));
  message.add_uint32(kHnswM, options.hnsw_m);
  message.add_uint32(kHnswEfConstruction, options.hnsw_ef_construction);
  message.add_uint32(kQuantization, static_cast<uint32_t>(options.quantization));
  if (options.indexed) {
    std::string keys;
    protozero::pbf_writer list(keys);
    for (const std::string& key : *options.indexed) list.add_string(kIndexedKey, key);
    message.add_message(kIndexed, keys);
  }
  if (options.text_index) message.add_bool(kTextIndex, true);
  return bytes;
}

Result<CollectionOptions> DecodeOptions(std::string_view bytes) {
  return ParseMessage(std::as_bytes(std::span(bytes)), "collection options", Parse);
}

}  // namespace strata
