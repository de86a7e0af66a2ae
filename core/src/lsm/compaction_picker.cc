#include "lsm/compaction_picker.h"

#include <algorithm>
#include <cassert>
#include <map>
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

// Cheapest first; of two that cost the same the one with the lower file number.
template <typename T>
using ByCost = std::map<std::pair<uint64_t, FileNumber>, T>;

}  // namespace

std::vector<CompactionPlan> PickCompactions(std::span<const SegmentFacts> segments,
                                            const CompactionPolicy& policy) {
  assert(policy.fanout >= 2);
  ByCost<const SegmentFacts*> sorted;
  for (const SegmentFacts& segment : segments) sorted[{LiveBytes(segment), segment.file}] = &segment;

  ByCost<CompactionPlan> merges;
  ByCost<CompactionPlan> indexes;
  for (auto begin = sorted.begin(); begin != sorted.end();) {
    // The run of segments similar to the smallest that is left.
    const auto [smallest_bytes, smallest_file] = begin->first;
    const uint64_t similar_max = std::max(smallest_bytes, kSimilarBytesMin) * kSimilarFactor;
    MergePlan run;
    uint64_t run_bytes = 0;
    uint64_t largest_bytes = 0;
    auto end = begin;
    for (; end != sorted.end() && end->first.first <= similar_max; ++end) {
      largest_bytes = end->first.first;
      run_bytes += largest_bytes;
      run.files.push_back(end->first.second);
    }
    if (run.files.size() >= policy.fanout) {
      run.reason = Message({run.files.size(), " segments of ", smallest_bytes / 1024, " to ",
                            largest_bytes / 1024, " KiB of live data are of similar size."});
      HeapSort(run.files);
      merges[{run_bytes, smallest_file}] = std::move(run);
      begin = end;
      continue;
    }
    const SegmentFacts& alone = *begin->second;
    if (WantsRewrite(alone, policy)) {
      merges[begin->first] = RewriteOf(alone);
    } else if (WantsIndex(alone, policy)) {
      indexes[{LiveRows(alone), alone.file}] = IndexOf(alone, policy);
    }
    ++begin;
  }

  std::vector<CompactionPlan> plans;
  for (auto* due : {&merges, &indexes}) {
    for (auto& [cost, plan] : *due) plans.push_back(std::move(plan));
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
