#include "filter/planner.h"

#include <algorithm>
#include <cmath>

#include "strata/message.h"

namespace strata {
namespace {

// What steps cost in nanoseconds. Measured natively (x86-64 with AVX-512, 128 and 784 dimensions, 60,000
// rows) on distance.h and code_kernels.h; only their ratios matter, and WebAssembly changes those little.
constexpr double kFloatNanos =
    0.25;  // Per dimension of an exact distance: 30 ns at 128, 180 to 230 ns at 784.
constexpr double kCodeNanos = 0.07;  // Per dimension of a distance of codes: 11 ns at 128, 55 ns at 784.
constexpr double kFetchNanos = 60;   // To find a row's full vector in the block cache (estimated).
constexpr double kStepNanos = 30;    // Per row a walk meets: links, visited set, candidates (estimated).
// A walk opens about `ef` rows. Of the 2M = 32 links of each (M = 16, the default), about half lead to rows
// not seen yet.
constexpr double kRowsPerHop = 16;

double Share(const PlanInput& input) {
  return input.live_rows == 0 ? 1 : static_cast<double>(input.matching_rows) / input.live_rows;
}

double ExactMicros(const PlanInput& input) { return (input.dimension * kFloatNanos + kFetchNanos) / 1000; }

double ScanMicros(const PlanInput& input) { return input.matching_rows * ExactMicros(input); }

// Only each 1/share-th row that a filtered walk opens is one it looks for; it meets no row twice.
double WalkMicros(const PlanInput& input) {
  const double hops = std::max(input.ef, input.k) / Share(input);
  const double rows = std::min<double>(input.live_rows, hops * kRowsPerHop);
  const double row_micros = input.quantized ? input.dimension * kCodeNanos / 1000 : ExactMicros(input);
  const double rescored = std::min<double>(input.matching_rows, input.quantized ? 1.5 * input.k : 0);
  return rows * (row_micros + kStepNanos / 1000) + rescored * ExactMicros(input);
}

bool MayWalk(const PlanInput& input) { return input.index_ready && !input.exact && !input.has_radius; }

int64_t Ceil(double micros) { return std::llround(std::ceil(micros)); }

}  // namespace

std::string_view StrategyName(Strategy strategy) {
  switch (strategy) {
    case Strategy::kNone:
      return "none";
    case Strategy::kScan:
      return "scan";
    case Strategy::kScanMatches:
      return "scan-matches";
    case Strategy::kWalk:
      return "walk";
    case Strategy::kWalkFiltered:
      return "walk-filtered";
  }
  return "none";
}

Plan ChoosePlan(const PlanInput& input) {
  if (input.matching_rows == 0) return {};
  const Strategy scan = input.has_filter ? Strategy::kScanMatches : Strategy::kScan;
  if (!MayWalk(input)) return {.strategy = scan};
  Plan plan{.strategy = scan, .scan_micros = ScanMicros(input), .walk_micros = WalkMicros(input)};
  if (plan.walk_micros < plan.scan_micros)
    plan.strategy = input.has_filter ? Strategy::kWalkFiltered : Strategy::kWalk;
  return plan;
}

std::string PlanReason(const PlanInput& input, const Plan& plan) {
  std::string match = Message({input.matching_rows, " of ", input.live_rows, " rows",
                               input.has_filter ? " match" : " have a vector"});
  if (plan.strategy == Strategy::kNone) return match;
  if (!MayWalk(input)) {
    const std::string_view why = input.exact        ? "an exact search measures each of them"
                                 : input.has_radius ? "a search by radius measures each of them"
                                 : input.index == IndexType::kFlat
                                     ? "a flat index measures each of them"
                                     : "without an index that is ready each is measured";
    return Message({match, "; ", why});
  }
  return Message({match, "; scanning them takes about ", Ceil(plan.scan_micros),
                  " us, walking the index about ", Ceil(plan.walk_micros), " us"});
}

}  // namespace strata
