#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "index/lsh_index.h"
#include "index/nearest.h"
#include "index/row_scan.h"
#include "index/vector_source.h"
#include "vector/distance.h"

namespace strata {

// One search through the buckets.
class LshIndex::Probing {
 public:
  Probing(LshIndex& index, DistanceSource& source, const WalkParams& params, const RowBitmap* allowed,
          float query_length, Tracker tracker)
      : index_(index),
        source_(source),
        count_(params.count),
        buckets_max_(uint64_t{params.probes} * index.plan_.table_count),
        allowed_(allowed),
        query_length_(query_length),
        tracker_(tracker),
        nearest_(params.count) {}

  // False when a row could not be read. With more work than `work_max` it ends unfinished.
  bool Run(uint64_t work_max) {
    index_.visited_.Start(index_.row_count_);
    std::array<LshBucket, LshTables::kFindMax> buckets;
    std::array<std::span<const Row>, LshTables::kFindMax> rows;
    while (!finished_) {
      const bool may_give_up = probed_ >= buckets_max_;
      if (probed_ + measured_ > work_max && may_give_up) break;
      size_t count = 0;
      while (count < buckets.size() && !finished_) {
        finished_ = IsFull() && buckets_max_ > 0 && probed_ + count >= buckets_max_;
        finished_ = finished_ || !index_.probes_.Next(&buckets[count]);
        finished_ = finished_ || (IsFull() && buckets_max_ == 0 && buckets[count].score > limit_);
        count += !finished_;
      }
      index_.tables_.Find({buckets.data(), count}, rows.data());
      for (size_t i = 0; i < count; ++i) {
        tracker_.Probe(buckets[i].table, buckets[i].key, rows[i].size(), buckets[i].score, limit_);
        for (const Row row : rows[i]) {
          if (!index_.visited_.Insert(row) || (allowed_ != nullptr && !allowed_->Test(row))) continue;
          tables_[group_size_] = buckets[i].table;
          group_[group_size_++] = row;
          if (group_size_ == kGroup && !Measure()) return false;
        }
      }
      probed_ += count;
    }
    return Measure();
  }

  bool finished() const { return finished_; }
  size_t found_count() const { return nearest_.size(); }
  uint64_t probed() const { return probed_; }
  uint64_t measured() const { return measured_; }

  std::vector<Candidate> Take() {
    std::vector<Candidate> found = nearest_.Take();
    for (Candidate& candidate : found) candidate.distance = source_.ToMetric(candidate.distance);
    return found;
  }

 private:
  // Rows are measured together, so that what they need comes from memory in parallel.
  static constexpr size_t kGroup = 32;

  bool IsFull() const { return nearest_.size() + group_size_ >= count_; }

  bool Measure() {
    std::array<float, kGroup> distances;
    if (!source_.Distances({group_.data(), group_size_}, distances.data())) return false;
    for (size_t i = 0; i < group_size_; ++i) {
      const float bound = nearest_.bound();
      nearest_.Offer({distances[i], group_[i]});
      tracker_.Measure(tables_[i], group_[i], group_[i], distances[i], bound, distances[i] <= bound);
    }
    measured_ += group_size_;
    group_size_ = 0;
    if (nearest_.size() == count_) {
      limit_ = index_.plan_.reach / (index_.plan_.deviation * index_.plan_.deviation) *
               index_.family_.SquaredPointDistance(source_.ToMetric(nearest_.bound()), query_length_);
    }
    return true;
  }

  LshIndex& index_;
  DistanceSource& source_;
  size_t count_;
  uint64_t buckets_max_;  // 0: as far as the plan's reach goes.
  const RowBitmap* allowed_;
  float query_length_;
  Tracker tracker_;
  Nearest<Candidate> nearest_;
  float limit_ = std::numeric_limits<float>::infinity();  // Score of the buckets to end at.
  std::array<Row, kGroup> group_;                         // To be measured,
  std::array<uint32_t, kGroup> tables_;                   // and where each was met.
  size_t group_size_ = 0;
  uint64_t probed_ = 0;
  uint64_t measured_ = 0;
  bool finished_ = false;
};

Result<std::vector<Candidate>> LshIndex::Search(std::span<const float> query, const WalkParams& params,
                                                const RowBitmap* allowed, RowVectors& rows,
                                                WalkCounters* counters) {
  return ProbeOrScan(query, *Source(query, rows), params, allowed, rows, Tracker(), *counters);
}

Result<std::vector<Candidate>> LshIndex::Trace(std::span<const float> query, const WalkParams& params,
                                               const RowBitmap* allowed, RowVectors& rows,
                                               std::vector<TraceEvent>* events) {
  WalkCounters counters;
  const std::unique_ptr<DistanceSource> source = Source(query, rows);
  return ProbeOrScan(query, *source, params, allowed, rows, Tracker(events, *source), counters);
}

std::unique_ptr<DistanceSource> LshIndex::Source(std::span<const float> query, RowVectors& rows) const {
  if (codes_) return codes_->ForQuery(query);
  return std::make_unique<VectorSource>(options_.metric, query, rows);
}

Result<std::vector<Candidate>> LshIndex::ProbeOrScan(std::span<const float> query, DistanceSource& source,
                                                     const WalkParams& params, const RowBitmap* allowed,
                                                     const RowVectors& rows, Tracker tracker,
                                                     WalkCounters& counters) {
  if (params.count == 0) return std::vector<Candidate>{};
  const uint64_t matching = allowed != nullptr ? allowed->Count() : tables_.hashed_row_count();
  const bool few =
      matching <= params.count || (params.probes == 0 && static_cast<float>(matching) <= plan_.rows);
  if (!few) {
    point_.resize(family_.point_stride());
    products_.resize(family_.function_count());
    family_.PrepareQuery(query.data(), point_.data());
    family_.Project(point_.data(), 1, products_.data());
    probes_.Start(family_, products_.data(), plan_.deviation);
    Probing probing(*this, source, params, allowed, Norm(query.data(), query.size()), tracker);
    if (!probing.Run(matching)) return std::unexpected(source.error());
    counters.hops += probing.probed();
    counters.distances += probing.measured();
    if (probing.finished() && probing.found_count() == params.count) return probing.Take();
  }
  return ScanRows(source, params.count, allowed, rows, &counters);
}

}  // namespace strata
