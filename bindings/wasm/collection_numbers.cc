#include "collection_numbers.h"

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "lsm/options_message.h"

namespace strata {
namespace {

constexpr size_t kKindCount = 5;  // Enums and flags, before the numbers.

}  // namespace

Result<CollectionOptions> DecodeCollectionNumbers(std::span<const std::byte> bytes) {
  const std::span<const OptionNumber> names = OptionNumbers();
  std::vector<uint32_t> numbers(kKindCount + names.size());
  const bool fits = bytes.size() == numbers.size() * sizeof(uint32_t);
  if (fits) std::memcpy(numbers.data(), bytes.data(), bytes.size());
  if (!fits || numbers[0] > static_cast<uint32_t>(Metric::kDot) ||
      numbers[1] > static_cast<uint32_t>(IndexType::kKdLsh) ||
      numbers[2] > static_cast<uint32_t>(Quantization::kRabitq)) {
    return Fail(ErrorCode::kInvalidArgument, "request: these are no options");
  }
  CollectionOptions options;
  options.metric = static_cast<Metric>(numbers[0]);
  options.index = static_cast<IndexType>(numbers[1]);
  options.quantization = static_cast<Quantization>(numbers[2]);
  options.pq_rotate = numbers[3] != 0;
  options.text_index = numbers[4] != 0;
  for (size_t i = 0; i < names.size(); ++i) options.*names[i].member = numbers[kKindCount + i];
  return options;
}

void WriteCollectionOptions(JsonWriter& json, const CollectionOptions& options) {
  json.Key("numbers");
  json.BeginArray();
  json.Unsigned(static_cast<uint64_t>(options.metric));
  json.Unsigned(static_cast<uint64_t>(options.index));
  json.Unsigned(static_cast<uint64_t>(options.quantization));
  json.Unsigned(options.pq_rotate);
  json.Unsigned(options.text_index);
  for (const OptionNumber& number : OptionNumbers()) json.Unsigned(options.*number.member);
  json.EndArray();
  json.Key("indexed");
  if (!options.indexed) return json.Null();
  json.BeginArray();
  for (const std::string& key : *options.indexed) json.String(key);
  json.EndArray();
}

}  // namespace strata
