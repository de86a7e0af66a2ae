#include "index/kd_sections.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "quant/code_sections.h"

namespace strata {

Result<void> WriteFloats(SectionWriter& writer, SectionId section, std::span<const float> numbers) {
  std::vector<uint32_t> words(numbers.size());
  if (!words.empty()) std::memcpy(words.data(), numbers.data(), numbers.size_bytes());
  return WriteArray(writer, section, words);
}

Result<std::vector<float>> ReadFloats(SectionReader& reader, SectionId section, uint64_t count) {
  STRATA_ASSIGN_OR_RETURN(const std::vector<uint32_t>& words, ReadArray(reader, section, count));
  std::vector<float> numbers(words.size());
  if (!words.empty()) std::memcpy(numbers.data(), words.data(), words.size() * sizeof(uint32_t));
  if (std::ranges::all_of(numbers, [](float x) { return std::isfinite(x); })) return numbers;
  return Fail(ErrorCode::kCorruption, {"index file ", reader.header().file, ": section ", section,
                                       " holds a float that is not finite"});
}

}  // namespace strata
