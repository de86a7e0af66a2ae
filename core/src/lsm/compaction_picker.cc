#include "lsm/compaction_picker.h"

#include <algorithm>
#include <cassert>
#include <compare>
#include <utility>

#include "bytes/heap_sort.h"

namespace strata {
namespace {

// Segments count as of similar size while the largest has at most so many times the live bytes of the
// smallest.
constexpr uint64_t kSimilarFactor = 4;
// Below this all are alike: what a merge costs there is opening files.
constexpr uint64_t kSimilarBytesMin = 64 << 10;

uint32_t LiveRows(const SegmentFacts& segment) {
  return segment.rows - std::min(segment.dead_rows, segment.rows);
}

// What a merge would have to write.
uint64_t LiveBytes(const SegmentFacts& segment) {
  if (segment.rows == 0) return 0;
  const double live = static_cast<double>(LiveRows(segment)) / segment.rows;
  return static_cast<uint64_t>(static_cast<double>(segment.bytes) * live);
}

bool WantsRewrite(const SegmentFacts& segment, const CompactionPolicy& policy) {
  return segment.rows == 0 || segment.dead_rows > policy.dead_fraction_max * segment.rows;
}

bool WantsIndex(const SegmentFacts& segment, const CompactionPolicy& policy) {
  return !segment.indexed && LiveRows(segment) >= std::max(policy.index_rows_min, 1u);
}

MergePlan RewriteOf(const SegmentFacts& segment) {
  const uint64_t percent = segment.rows == 0 ? 0 : uint64_t{segment.dead_rows} * 100 / segment.rows;
  return {.files = {segment.file},
          .reason = Message({segment.dead_rows, " of ", segment.rows, " rows are dead (", percent, "%)."})};
}

IndexPlan IndexOf(const SegmentFacts& segment, const CompactionPolicy& policy) {
  return {.file = segment.file,
          .reason = Message({LiveRows(segment), " live rows have no index, and ", policy.index_rows_min,
                             " are enough for one."})};
}

// A segment, or something to do with some: the cheapest come first, of two that cost the same the one with
// the lower file number.
struct Priced {
  uint64_t cost = 0;
  FileNumber file = 0;
  size_t first = 0;  // A segment's place in the list; of what is to do, its first in the order of cost.
  size_t count = 1;  // How many it takes from there.

  friend auto operator<=>(const Priced&, const Priced&) = default;
};

}  // namespace

std::vector<CompactionPlan> PickCompactions(std::span<const SegmentFacts> segments,
                                            const CompactionPolicy& policy) {
  assert(policy.fanout >= 2);
  std::vector<Priced> sorted;
  for (size_t i = 0; i < segments.size(); ++i) {
    sorted.push_back({.cost = LiveBytes(segments[i]), .file = segments[i].file, .first = i});
  }
  HeapSort(sorted);

  std::vector<Priced> merges;
  std::vector<Priced> indexes;
  for (size_t begin = 0; begin < sorted.size();) {
    // The run of segments similar to the smallest that is left.
    const Priced& smallest = sorted[begin];
    const uint64_t similar_max = std::max(smallest.cost, kSimilarBytesMin) * kSimilarFactor;
    uint64_t run_bytes = 0;
    size_t end = begin;
    for (; end < sorted.size() && sorted[end].cost <= similar_max; ++end) run_bytes += sorted[end].cost;
    if (end - begin >= policy.fanout) {
      merges.push_back({run_bytes, smallest.file, begin, end - begin});
      begin = end;
      continue;
    }
    const SegmentFacts& alone = segments[smallest.first];
    if (WantsRewrite(alone, policy)) {
      merges.push_back({smallest.cost, alone.file, begin});
    } else if (WantsIndex(alone, policy)) {
      indexes.push_back({LiveRows(alone), alone.file, begin});
    }
    ++begin;
  }
  HeapSort(merges);
  HeapSort(indexes);

  std::vector<CompactionPlan> plans;
  for (const Priced& merge : merges) {
    if (merge.count == 1) {
      plans.emplace_back(RewriteOf(segments[sorted[merge.first].first]));
      continue;
    }
    const std::span<const Priced> run(&sorted[merge.first], merge.count);
    MergePlan plan{.files = {},
                   .reason = Message({run.size(), " segments of ", run.front().cost / 1024, " to ",
                                      run.back().cost / 1024, " KiB of live data are of similar size."})};
    for (const Priced& segment : run) plan.files.push_back(segment.file);
    HeapSort(plan.files);
    plans.emplace_back(std::move(plan));
  }
  for (const Priced& index : indexes) {
    plans.emplace_back(IndexOf(segments[sorted[index.first].first], policy));
  }
  return plans;
}

std::vector<CompactionPlan> PlanMergeAll(std::span<const SegmentFacts> segments,
                                         const CompactionPolicy& policy) {
  std::vector<CompactionPlan> plans;
  if (segments.size() > 1) {
    MergePlan all{.files = {}, .reason = Message({"All ", segments.size(), " segments become one."})};
    for (const SegmentFacts& segment : segments) all.files.push_back(segment.file);
    HeapSort(all.files);
    plans.emplace_back(std::move(all));
  } else if (segments.size() == 1 && (segments[0].dead_rows > 0 || segments[0].rows == 0)) {
    plans.emplace_back(RewriteOf(segments[0]));
  } else if (segments.size() == 1 && WantsIndex(segments[0], policy)) {
    plans.emplace_back(IndexOf(segments[0], policy));
  }
  return plans;
}

std::string Describe(const CompactionPlan& plan) {
  const IndexPlan* index = std::get_if<IndexPlan>(&plan);
  if (index != nullptr) return Message({"index segment ", index->file});
  const std::vector<FileNumber>& files = std::get_if<MergePlan>(&plan)->files;
  if (files.size() == 1) return Message({"rewrite segment ", files[0]});
  std::string text;
  for (const FileNumber file : files) text += Message({text.empty() ? "merge segments " : ", ", file});
  return text;
}

}  // namespace strata
