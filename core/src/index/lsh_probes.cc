#include "index/lsh_probes.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>

#include "bytes/heap_sort.h"

namespace strata {

void LshProbes::Start(const LshHashFamily& family, const float* products, float deviation) {
  const LshHashFamily::Shape& shape = family.shape();
  two_sided_ = shape.kind == LshKind::kPStable;
  step_count_ = shape.hash_count * (two_sided_ ? 2 : 1);
  steps_.clear();
  own_.clear();
  sets_.clear();
  heap_.clear();
  next_own_ = 0;
  for (uint32_t table = 0; table < shape.table_count; ++table) AddTable(family, table, products, deviation);
}

void LshProbes::AddTable(const LshHashFamily& family, uint32_t table, const float* products,
                         float deviation) {
  const uint32_t hash_count = family.shape().hash_count;
  uint32_t own_key = 0;
  nearer_.clear();
  for (uint32_t function = table * hash_count; function < (table + 1) * hash_count; ++function) {
    const float place = family.Place(function, products[function]);
    const int32_t slot = family.Slot(place);
    const uint32_t multiplier = family.Multiplier(function);
    own_key += multiplier * static_cast<uint32_t>(slot);
    if (two_sided_) {
      const float above_slot = std::clamp(place - static_cast<float>(slot), 0.0f, 1.0f);
      const bool to_below = above_slot < 0.5f;
      nearer_.push_back({.distance = family.width() * (to_below ? above_slot : 1 - above_slot),
                         .function = function,
                         .key = to_below ? 0 - multiplier : multiplier});
    } else {
      nearer_.push_back({.distance = std::fabs(place),
                         .function = function,
                         .key = slot == 1 ? 0 - multiplier : multiplier});
    }
  }
  HeapSort(nearer_, [](const Border& a, const Border& b) {
    return a.distance != b.distance ? a.distance < b.distance : a.function < b.function;
  });
  for (const Border& border : nearer_) {
    steps_.push_back({.score = LshBorderScore(border.distance / deviation), .key = border.key});
  }
  // The nearer one border of a slot is, the farther is the other: step i and step step_count_ - 1 - i are the
  // two of one slot.
  for (size_t i = nearer_.size(); two_sided_ && i-- > 0;) {
    const float distance = family.width() - nearer_[i].distance;
    steps_.push_back({.score = LshBorderScore(distance / deviation), .key = 0 - nearer_[i].key});
  }
  own_.push_back({.score = 0, .table = table, .key = own_key});
  const Step& first = StepOf(table, 0);
  Push({.score = first.score,
        .score_before_last = 0,
        .table = table,
        .key = own_key + first.key,
        .last = 0,
        .steps = 1});
}

bool LshProbes::CrossesBothBorders(const StepSet& set) const {
  return two_sided_ && (set.steps >> (step_count_ - 1 - set.last) & 1) != 0;
}

uint64_t LshProbes::Store(const StepSet& set) {
  sets_.push_back(set);
  return uint64_t{std::bit_cast<uint32_t>(set.score)} << 32 | (sets_.size() - 1);
}

void LshProbes::Push(const StepSet& set) {
  heap_.push_back(Store(set));
  std::push_heap(heap_.begin(), heap_.end(), std::greater<uint64_t>());
}

// Takes the first entry off the heap and puts `entry` in, for half of what doing one after the other costs.
void LshProbes::ReplaceFirst(uint64_t entry) {
  size_t hole = 0;
  for (size_t child = 1; child < heap_.size(); child = 2 * hole + 1) {
    if (child + 1 < heap_.size() && heap_[child + 1] < heap_[child]) ++child;
    if (entry <= heap_[child]) break;
    heap_[hole] = heap_[child];
    hole = child;
  }
  heap_[hole] = entry;
}

bool LshProbes::Next(LshBucket* bucket) {
  if (next_own_ < own_.size()) {
    *bucket = own_[next_own_++];
    return true;
  }
  while (!heap_.empty()) {
    const StepSet set = sets_[static_cast<uint32_t>(heap_.front())];
    // Only its last step can make a set cross both borders, since such a set is shifted but never expanded.
    const bool is_bucket = !CrossesBothBorders(set);
    if (set.last + 1 < step_count_) {
      const Step& last = StepOf(set.table, set.last);
      const Step& next = StepOf(set.table, set.last + 1);
      const uint64_t next_bit = uint64_t{1} << (set.last + 1);
      StepSet shifted = set;
      shifted.score = set.score_before_last + next.score;
      shifted.key = set.key - last.key + next.key;
      shifted.last = set.last + 1;
      shifted.steps = (set.steps ^ (next_bit >> 1)) | next_bit;
      ReplaceFirst(Store(shifted));
      if (is_bucket) {
        StepSet expanded = shifted;
        expanded.score = set.score + next.score;
        expanded.score_before_last = set.score;
        expanded.key = set.key + next.key;
        expanded.steps = set.steps | next_bit;
        Push(expanded);
      }
    } else {
      std::pop_heap(heap_.begin(), heap_.end(), std::greater<uint64_t>());
      heap_.pop_back();
    }
    if (!is_bucket) continue;
    *bucket = {.score = set.score, .table = set.table, .key = set.key};
    return true;
  }
  return false;
}

}  // namespace strata
