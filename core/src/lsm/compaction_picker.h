#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "strata/env.h"

namespace strata {

// What the picker knows of a segment.
struct SegmentFacts {
  FileNumber file = 0;
  uint32_t rows = 0;
  uint32_t dead_rows = 0;
  uint64_t bytes = 0;
  bool indexed = false;
};

struct CompactionPolicy {
  uint32_t fanout = 4;             // So many segments of similar size are merged; at least 2.
  double dead_fraction_max = 0.3;  // A segment with a larger share of dead rows is rewritten.
  uint32_t index_rows_min = 2000;  // A segment of at least so many live rows gets a vector index.
};

// Merge the live rows of `files` into one new segment (into none if no row lives), in place of them.
struct MergePlan {
  std::vector<FileNumber> files;  // Ascending; one alone is rewritten.
  std::string reason;
};

// Build the vector index of `file`.
struct IndexPlan {
  FileNumber file = 0;
  std::string reason;
};

using CompactionPlan = std::variant<MergePlan, IndexPlan>;

// What is due in one collection, first things first. Pure: looks at nothing but its arguments, so the same
// segments always give the same plans. No file is in two plans; carrying out any of them keeps the others
// valid.
//
// Merging is size-tiered (as Bigtable's merging compactions, Chang et al., OSDI 2006, section 5.4, bounded
// the number of files): at least `fanout` segments whose live bytes lie within a factor of 4 become one. So
// of the segments that stay, fewer than `fanout` lie within any factor of 4, and a row is rewritten about
// log_fanout(n) times. Which segments merge is free, because at most one row of a key is live. Segments that
// stay are indexed; those about to merge are not, since their index would be thrown away. Merges come before
// index builds, smaller work before larger.
std::vector<CompactionPlan> PickCompactions(std::span<const SegmentFacts> segments,
                                            const CompactionPolicy& policy);

// What brings the collection to one segment without dead rows: a merge of everything, or once that is done
// its index if the policy wants one, or nothing.
std::vector<CompactionPlan> PlanMergeAll(std::span<const SegmentFacts> segments,
                                         const CompactionPolicy& policy);

// The plan in words: "merge segments 4, 7, 9", "rewrite segment 4", "index segment 12".
std::string Describe(const CompactionPlan& plan);

}  // namespace strata
