#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "strata/options.h"

namespace strata {

// What is known about a search of one segment before it starts.
struct PlanInput {
  uint32_t live_rows = 0;
  uint32_t matching_rows = 0;  // Live rows with a vector that pass the filter.
  uint32_t dimension = 0;
  bool has_filter = false;
  bool index_ready = false;
  bool exact = false;
  bool has_radius = false;
  uint32_t k = 0;
  uint32_t ef = 0;
  IndexType index = IndexType::kFlat;
  bool quantized = false;
};

enum class Strategy : uint8_t {
  kNone,          // Nothing matches.
  kScan,          // Exact distances of all live rows.
  kScanMatches,   // Exact distances of the matching rows.
  kWalk,          // The vector index.
  kWalkFiltered,  // The vector index, keeping only matching rows.
};

// "none", "scan", "scan-matches", "walk", "walk-filtered".
std::string_view StrategyName(Strategy strategy);

struct Plan {
  Strategy strategy = Strategy::kNone;
  double scan_micros = 0;  // Estimates; both 0 where only a scan will do.
  double walk_micros = 0;
};

// Picks the cheaper of scanning the matching rows and walking the index, where both are possible: exact
// answers and those within a radius need the scan. Never decides how many hits there are: whoever carries out
// a walk scans after it if it came back with fewer than min(k, matching rows). O(1).
Plan ChoosePlan(const PlanInput& input);

// Why, in one sentence with the numbers that decided. Apart from ChoosePlan() because only explain() wants
// it.
std::string PlanReason(const PlanInput& input, const Plan& plan);

}  // namespace strata
