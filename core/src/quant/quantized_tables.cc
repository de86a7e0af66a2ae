#include "quant/quantized_tables.h"

#include <algorithm>
#include <cmath>

namespace strata {
namespace {

constexpr float kEntryMax = kScanEntryMax;

// Steps between the smallest and the largest entry of the average slice, with which rounding is lost in the
// error of the codes: recall is that of exact tables (word2vec-300, Fashion-MNIST, rotated or not).
constexpr float kLevelsWanted = 64;

// How many tables entries of up to `number` need, at least one.
template <typename Number>
size_t TablesFor(Number number) {
  return number > kScanEntryMax ? static_cast<size_t>(std::ceil(static_cast<float>(number) / kEntryMax)) : 1;
}

// How many pairs of tables all slices need together, those of a byte sharing pairs.
size_t PairsFor(const std::vector<float>& ranges, float inverse_step) {
  size_t pairs = 0;
  for (size_t j = 0; j < ranges.size(); j += 2) {
    const float range = j + 1 < ranges.size() ? std::max(ranges[j], ranges[j + 1]) : ranges[j];
    pairs += TablesFor(range * inverse_step);
  }
  return pairs;
}

// The entries of a slice. Their number being known here, a few instructions do for all of them.
using Entries = Eigen::Map<const Eigen::Array<float, 16, 1> >;
using Numbers = Eigen::Map<Eigen::Array<uint16_t, 16, 1> >;

}  // namespace

QuantizedTables::QuantizedTables(const RowMajorMatrixXf& table) {
  const auto slice_count = static_cast<size_t>(table.rows());
  std::vector<float> ranges(slice_count), lowest(slice_count);
  for (size_t j = 0; j < slice_count; ++j) {
    const Entries entries(table.data() + j * 16);
    lowest[j] = entries.minCoeff();
    ranges[j] = entries.maxCoeff() - lowest[j];
    offset_ += lowest[j];
  }
  ChooseStep(ranges);

  const float inverse_step = step_ > 0 ? 1 / step_ : 0;
  numbers_.resize((slice_count + 1) / 2 * 32);
  for (size_t j = 0; j < slice_count; ++j) {
    const Entries entries(table.data() + j * 16);
    // Rounding must not make an entry larger than the tables that were counted for it hold.
    const float largest = kEntryMax * static_cast<float>(TablesFor(ranges[j] * inverse_step));
    Numbers numbers(&numbers_[j * 16]);
    numbers = ((entries - lowest[j]) * inverse_step + 0.5f).min(largest).cast<int32_t>().cast<uint16_t>();
  }
  AddTables();
}

// The smallest step, to a tenth, for which there are tables enough, though none that is finer than needed.
void QuantizedTables::ChooseStep(const std::vector<float>& ranges) {
  const size_t bytes = (ranges.size() + 1) / 2;
  const size_t pairs_max = std::min(bytes + std::max<size_t>(bytes / 4, 1), kScanPairsMax);
  const float coarsest = *std::ranges::max_element(ranges) / kEntryMax;
  if (!std::isnormal(coarsest) || !std::isnormal(1 / coarsest)) return;  // All entries are equal.
  double mean_range = 0;
  for (const float range : ranges) mean_range += range / static_cast<float>(ranges.size());
  // In parts of the coarsest step, for which there are always enough.
  float low = static_cast<float>(mean_range) / kLevelsWanted / coarsest, high = 1;
  while (high > 1.1f * low) {
    const float middle = std::sqrt(low * high);
    (PairsFor(ranges, 1 / (coarsest * middle)) <= pairs_max ? high : low) = middle;
  }
  step_ = coarsest * high;
}

void QuantizedTables::AddTables() {
  pairs_.reserve(numbers_.size() / 32);
  byte_of_.reserve(numbers_.size() / 32);
  for (size_t byte = 0; byte * 32 < numbers_.size(); ++byte) {
    const uint16_t* const numbers = &numbers_[byte * 32];
    const size_t pair_count = TablesFor(*std::max_element(numbers, numbers + 32));
    for (size_t p = 0; p < pair_count; ++p) {
      // The part of an entry that is left for this table and those behind it.
      const auto part = [&](uint16_t number) {
        const size_t taken = p * kScanEntryMax;
        return static_cast<uint8_t>(number > taken ? std::min<size_t>(number - taken, kScanEntryMax) : 0);
      };
      ScanTablePair pair;
      std::transform(numbers, numbers + 16, pair.low, part);
      std::transform(numbers + 16, numbers + 32, pair.high, part);
      pairs_.push_back(pair);
      byte_of_.push_back(static_cast<uint16_t>(byte));
    }
  }
}

}  // namespace strata
