#include "index/lsh_tuner.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "bytes/heap_sort.h"
#include "index/lsh_probes.h"

namespace strata {
namespace {

// What things take, in nanoseconds, measured on Fashion-MNIST, word2vec-300 and sift-5k with and without
// codes (bench/native/lsh.cc). Rows lie scattered, so most of their time is that of memory.
constexpr double kRowNanos = 20;
constexpr double kRowByteNanos = 0.11;
constexpr double kProbeNanos = 115;
constexpr double kFunctionComponentNanos = 0.1;

// Twice the tables must cost less than this part.
constexpr double kWorthwhile = 0.9;

// In deviations. Neighbours are hardly ever more than one slot away in any of them.
constexpr std::array<float, 6> kWidths = {1.5f, 2, 3, 4, 6, 9};

// Whose probes are counted; their number varies little.
constexpr size_t kProbedQueries = 16;

constexpr float kUnreachable = std::numeric_limits<float>::infinity();

// How many buckets of one table score no more than `left`, given that the steps before `from` are decided;
// `steps` by score. Counted in a tree, without the order that a search needs. Stops soon after `count_max`.
struct BucketCounter {
  std::span<const float> steps;
  bool two_sided;
  uint64_t count_max;

  uint64_t Count(size_t from, float left, uint64_t taken) const {
    uint64_t count = 1;
    for (size_t i = from; i < steps.size() && steps[i] <= left && count <= count_max; ++i) {
      // Step i and step size - 1 - i are over the two borders of one slot.
      if (two_sided && (taken >> (steps.size() - 1 - i) & 1) != 0) continue;
      count += Count(i + 1, left - steps[i], taken | uint64_t{1} << i);
    }
    return count;
  }
};

}  // namespace

LshHashFamily::Shape LshTuner::FamilyShape(Metric metric, uint32_t dimension, const Goal& goal) {
  return {.kind = LshKindFor(metric),
          .metric = metric,
          .dimension = dimension,
          .table_count = goal.table_count != 0 ? goal.table_count : kTableCountMax,
          .hash_count = goal.hash_count != 0 ? goal.hash_count : kHashCountMax};
}

LshTuner::LshTuner(LshHashFamily family, const Goal& goal, std::vector<Query> queries,
                   std::vector<float> sample)
    : family_(std::move(family)), goal_(goal), queries_(std::move(queries)), sample_(std::move(sample)) {
  std::vector<float> distances;
  for (const Query& query : queries_) {
    if (query.distance > 0) distances.push_back(query.distance);
  }
  HeapSort(distances);
  if (!distances.empty()) deviation_ = distances[distances.size() / 2];
  if (!std::isnormal(deviation_)) deviation_ = 1;

  if (goal.table_count != 0) {
    table_counts_ = {goal.table_count};
  } else {
    for (uint32_t count = 1; count <= kTableCountMax; count *= 2) table_counts_.push_back(count);
  }
  if (family_.shape().kind == LshKind::kHyperplanes) {
    widths_ = {1};
  } else {
    for (const float width : kWidths) {
      if (std::isnormal(width * deviation_)) widths_.push_back(width * deviation_);
    }
  }
  if (widths_.empty()) widths_ = {1};
  // What stands if nothing can be measured: every bucket is probed.
  best_ = {.table_count = table_counts_.front(),
           .hash_count = goal.hash_count != 0 ? goal.hash_count : 1,
           .width = widths_.back(),
           .deviation = deviation_,
           .reach = std::numeric_limits<float>::max(),
           .rows = static_cast<float>(goal.row_count)};
}

bool LshTuner::Step() {
  if (queries_.empty() || next_width_ == widths_.size()) return true;
  if (next_query_ < queries_.size()) {
    if (next_query_ == 0) StartWidth();
    CountRows(queries_[next_query_++]);
    return false;
  }
  if (next_choice_ < choice_count()) {
    Compare(next_choice_++);
    return false;
  }
  next_query_ = 0;
  next_choice_ = 0;
  return ++next_width_ == widths_.size();
}

double LshTuner::progress() const {
  if (queries_.empty()) return 1;
  return (static_cast<double>(next_width_) +
          static_cast<double>(next_query_) / static_cast<double>(queries_.size())) /
         static_cast<double>(widths_.size());
}

size_t LshTuner::memory_bytes() const {
  size_t floats = sample_.size() + reaches_.size();
  for (const Query& query : queries_) floats += query.products.size() + query.neighbours.size();
  return family_.memory_bytes() + floats * sizeof(float);
}

float LshTuner::Deviation(const Query& query) const {
  const float ratio = query.distance / deviation_;
  return ratio * ratio;
}

void LshTuner::Score(const Query& query, const float* row, float limit, std::vector<float>* lowest) const {
  const bool two_sided = family_.shape().kind == LshKind::kPStable;
  const uint32_t hashes = family_.shape().hash_count;
  // The lowest scores of the tables so far, one for each number of hashes.
  std::array<float, LshHashFamily::kHashCountMax> scores;
  scores.fill(kUnreachable);
  size_t tables_at = 0;
  for (uint32_t table = 0; table < table_counts_.back(); ++table) {
    float score = 0;
    for (uint32_t i = 0; i < hashes && score <= limit; ++i) {
      const uint32_t function = table * hashes + i;
      const float place = family_.Place(function, query.products[function]);
      const int32_t slot = family_.Slot(place);
      const int32_t steps = family_.Slot(family_.Place(function, row[function])) - slot;
      if (steps != 0 && two_sided) {
        const float above_slot = place - static_cast<float>(slot);
        const float distance = (steps > 0 ? 1 - above_slot : above_slot) * family_.width();
        score = steps == 1 || steps == -1 ? score + LshBorderScore(distance / deviation_) : kUnreachable;
      } else if (steps != 0) {
        score += LshBorderScore(std::fabs(place) / deviation_);
      }
      scores[i] = std::min(scores[i], score);
    }
    if (table + 1 < table_counts_[tables_at]) continue;
    std::copy_n(scores.begin(), hashes, lowest->begin() + static_cast<ptrdiff_t>(tables_at * hashes));
    ++tables_at;
  }
}

void LshTuner::StartWidth() {
  if (family_.shape().kind == LshKind::kPStable) family_.set_width(widths_[next_width_]);
  scores_.resize(choice_count());
  found_.assign(choice_count(), 0);
  FindReaches();
}

// The wanted quantile of the scores of all neighbours, each divided by its query's deviation squared.
void LshTuner::FindReaches() {
  const size_t function_count = family_.function_count();
  std::vector<std::vector<float>> all(choice_count());
  for (const Query& query : queries_) {
    for (size_t at = 0; at < query.neighbours.size(); at += function_count) {
      Score(query, &query.neighbours[at], kUnreachable, &scores_);
      for (size_t choice = 0; choice < choice_count(); ++choice) {
        const float score = scores_[choice];
        all[choice].push_back(score > 0 ? score / Deviation(query) : 0);
      }
    }
  }
  reaches_.assign(choice_count(), kUnreachable);
  for (size_t choice = 0; choice < choice_count(); ++choice) {
    std::vector<float>& scores = all[choice];
    if (scores.empty()) continue;
    const auto wanted = static_cast<size_t>(std::ceil(goal_.recall * static_cast<double>(scores.size())));
    const auto nth = scores.begin() + static_cast<ptrdiff_t>(std::max<size_t>(wanted, 1) - 1);
    std::nth_element(scores.begin(), nth, scores.end());
    reaches_[choice] = *nth;
  }
}

void LshTuner::CountRows(const Query& query) {
  const size_t function_count = family_.function_count();
  const float deviation = Deviation(query);
  float reach_max = 0;
  for (const float reach : reaches_) {
    if (reach < kUnreachable) reach_max = std::max(reach_max, reach);
  }
  for (size_t at = 0; at < sample_.size(); at += function_count) {
    Score(query, &sample_[at], reach_max * deviation, &scores_);
    for (size_t choice = 0; choice < choice_count(); ++choice) {
      found_[choice] += scores_[choice] <= reaches_[choice] * deviation && scores_[choice] < kUnreachable;
    }
  }
}

double LshTuner::CountProbes(uint32_t table_count, uint32_t hash_count, float reach) const {
  const bool two_sided = family_.shape().kind == LshKind::kPStable;
  const size_t stride = std::max<size_t>(1, queries_.size() / kProbedQueries);
  uint64_t probes = 0;
  uint64_t query_count = 0;
  std::vector<float> steps;
  for (size_t i = 0; i < queries_.size(); i += stride, ++query_count) {
    const Query& query = queries_[i];
    for (uint32_t table = 0; table < table_count; ++table) {
      steps.clear();
      for (uint32_t hash = 0; hash < hash_count; ++hash) {
        const uint32_t function = table * family_.shape().hash_count + hash;
        const float place = family_.Place(function, query.products[function]);
        if (!two_sided) {
          steps.push_back(LshBorderScore(std::fabs(place) / deviation_));
          continue;
        }
        const float above_slot = place - std::floor(place);
        const float width = family_.width() / deviation_;
        steps.push_back(LshBorderScore(above_slot * width));
        steps.push_back(LshBorderScore((1 - above_slot) * width));
      }
      HeapSort(steps);
      // More probes than rows are worthless, however many.
      const BucketCounter counter{steps, two_sided, goal_.row_count / table_count};
      probes += counter.Count(0, reach * Deviation(query), 0);
    }
  }
  return static_cast<double>(probes) / static_cast<double>(query_count);
}

double LshTuner::Nanoseconds(double rows, double probes, uint32_t functions) const {
  return rows * (kRowNanos + kRowByteNanos * static_cast<double>(goal_.row_bytes)) + probes * kProbeNanos +
         kFunctionComponentNanos * functions * static_cast<double>(family_.point_stride());
}

void LshTuner::Compare(size_t choice) {
  const uint32_t tables = table_counts_[choice / hash_count()];
  const uint32_t hashes = static_cast<uint32_t>(choice % hash_count()) + 1;
  if (reaches_[choice] == kUnreachable || (goal_.hash_count != 0 && hashes != goal_.hash_count)) return;
  const double pairs = static_cast<double>(sample_.size()) / static_cast<double>(family_.function_count()) *
                       static_cast<double>(queries_.size());
  const double rows = static_cast<double>(found_[choice]) / pairs * goal_.row_count;
  const double memory_weight = std::pow(1 / kWorthwhile, std::log2(tables));
  const auto cost = [&](double probes) { return Nanoseconds(rows, probes, tables * hashes); };
  // Counting probes takes long, so only for what may be the best.
  if (cost(0) * memory_weight >= best_weighed_) return;
  const double total = cost(CountProbes(tables, hashes, reaches_[choice]));
  if (total * memory_weight >= best_weighed_) return;
  best_weighed_ = total * memory_weight;
  best_ = {.table_count = tables,
           .hash_count = hashes,
           .width = family_.width(),
           .deviation = deviation_,
           .reach = reaches_[choice],
           .rows = static_cast<float>(total / Nanoseconds(1, 0, 0))};
}

}  // namespace strata
