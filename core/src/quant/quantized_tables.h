#pragma once

#include <cstdint>
#include <vector>

#include "quant/k_means.h"
#include "vector/fast_scan.h"

namespace strata {

// A query's distance table for codes of 4 bits, rounded to small integers, so that byte shuffles can add it
// up:
//
//   sum over j of table(j, code_j)  is about  offset() + step() * (sum of integers)
//
// The offset collects the smallest entry of each slice; what is above it is rounded to multiples of one step.
// Entries must be at most kScanEntryMax, but slices are not alike: after a rotation the one with the first
// principal axis may range 20 times as far as the others, and a step for all that gives it 7 bits leaves 3
// for the rest. So a step is chosen that may need more than 7 bits of some slices, and these are looked up in
// several tables that add up to the entry. (Quicker ADC instead cuts off entries beyond the k-th best
// distance, which a walk does not know beforehand.) A quarter more tables than there are code bytes are spent
// on that at most.
//
// Invariant: scan tables and Number() add up to the same integers, at most UINT16_MAX.
//
// O(16 m) to make. Memory: about 72 bytes a slice.
class QuantizedTables {
 public:
  // `table` (m, 16) as of ProductQuantizer::FillDistanceTable, m at most kPqSlicesMax.
  explicit QuantizedTables(const RowMajorMatrixXf& table);

  ScanTables scan_tables() const { return {.pairs = pairs_, .byte_of = byte_of_}; }

  // What byte `byte` of a code adds to the sum.
  uint32_t Number(size_t byte, uint8_t code) const {
    const uint16_t* const numbers = &numbers_[byte * 32];
    return uint32_t{numbers[code & 15]} + numbers[16 + (code >> 4)];
  }

  float ToFloat(uint32_t sum) const { return offset_ + step_ * static_cast<float>(sum); }
  float step() const { return step_; }

 private:
  void ChooseStep(const std::vector<float>& ranges);
  void AddTables();

  float offset_ = 0;
  float step_ = 0;
  std::vector<uint16_t> numbers_;  // (bytes, 2, 16): the integers of both slices of each code byte.
  std::vector<ScanTablePair> pairs_;
  std::vector<uint16_t> byte_of_;
};

}  // namespace strata
