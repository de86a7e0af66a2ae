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
  kPqRotate = 8,
  kLaterNumbers = 9,  // From here on fields are written only where they are not the default.
  kTextIndex = 16,
};
constexpr uint32_t kIndexedKey = 1;

constexpr OptionNumber kNumbers[] = {
    {kDimension, "dimension", &CollectionOptions::dimension, 0, kDimensionMax},
    {kHnswM, "m", &CollectionOptions::hnsw_m, 2, 128},
    {kHnswEfConstruction, "efConstruction", &CollectionOptions::hnsw_ef_construction, 2, 4096},
    {9, "leafRows", &CollectionOptions::kd_leaf_rows, 0, 65536},
    {10, "tables", &CollectionOptions::lsh_tables, 0, 64},
    {11, "hashes", &CollectionOptions::lsh_hashes, 0, 32},
    {12, "recallTarget", &CollectionOptions::recall_target, 500, 999},
    {13, "slices", &CollectionOptions::pq_slices, 0, kPqSlicesMax},
    {14, "pq bits", &CollectionOptions::pq_bits, 4, 8},
    {15, "rabitq bits", &CollectionOptions::rabitq_bits, 1, 8},
};

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
    for (const OptionNumber& number : kNumbers) {
      if (message.field() == VarintField(number.tag)) options.*number.member = message.number32();
    }
    switch (message.field()) {
      case VarintField(kMetric): {
        STRATA_ASSIGN_OR_RETURN(options.metric, TakeEnum(message, Metric::kDot, "metric"));
        break;
      }
      case VarintField(kIndex): {
        STRATA_ASSIGN_OR_RETURN(options.index, TakeEnum(message, IndexType::kKdLsh, "index type"));
        break;
      }
      case VarintField(kQuantization): {
        STRATA_ASSIGN_OR_RETURN(options.quantization,
                                TakeEnum(message, Quantization::kRabitq, "quantization"));
        break;
      }
      case VarintField(kPqRotate):
        options.pq_rotate = message.number() != 0;
        break;
      case BytesField(kIndexed):
        options.indexed = ParseKeys(message.message());
        break;
      case VarintField(kTextIndex):
        options.text_index = message.number() != 0;
        break;
    }
  }
  // They decide how much memory is taken, so nonsense stops here.
  for (const OptionNumber& number : kNumbers) {
    const uint32_t found = options.*number.member;
    if (found >= number.min && found <= number.max) continue;
    return Fail(ErrorCode::kCorruption, {"collection options: ", number.name, " is ", found, ", expected ",
                                         number.min, " to ", number.max});
  }
  return options;
}

}  // namespace

std::span<const OptionNumber> OptionNumbers() { return kNumbers; }

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
  if (options.pq_rotate) message.add_bool(kPqRotate, true);
  const CollectionOptions defaults;
  for (const OptionNumber& number : kNumbers) {
    const uint32_t value = options.*number.member;
    if (number.tag >= kLaterNumbers && value != defaults.*number.member)
      message.add_uint32(number.tag, value);
  }
  if (options.text_index) message.add_bool(kTextIndex, true);
  return bytes;
}

Result<CollectionOptions> DecodeOptions(std::string_view bytes) {
  return ParseMessage(std::as_bytes(std::span(bytes)), "collection options", Parse);
}

}  // namespace strata
