#include <algorithm>
#include <limits>
#include <utility>

#include "index/kd_rows.h"
#include "index/kd_tree_index.h"
#include "index/vector_source.h"

namespace strata {
Result<std::vector<Candidate>> KdTreeIndex::Search(std::span<const float> query, const WalkParams& params,
                                                   const RowBitmap* allowed, RowVectors& rows,
                                                   WalkCounters* counters) {
  return Find(query, params, allowed, rows, nullptr, *counters);
}

Result<std::vector<Candidate>> KdTreeIndex::Trace(std::span<const float> query, const WalkParams& params,
                                                  const RowBitmap* allowed, RowVectors& rows,
                                                  std::vector<TraceEvent>* events) {
  WalkCounters counters;
  return Find(query, params, allowed, rows, events, counters);
}

std::unique_ptr<DistanceSource> KdTreeIndex::SourceFor(std::span<const float> query,
                                                       RowVectors& ordered) const {
  if (parts_.codes) return parts_.codes->ForQuery(query);
  if (HoldsVectors(options_)) {
    return std::make_unique<CellVectorSource>(options_.metric, query, parts_.vectors);
  }
  return std::make_unique<VectorSource>(options_.metric, query, ordered);
}

Result<std::vector<Candidate>> KdTreeIndex::Find(std::span<const float> query, const WalkParams& params,
                                                 const RowBitmap* allowed, RowVectors& rows,
                                                 std::vector<TraceEvent>* events, WalkCounters& counters) {
  const KdPartition& partition = parts_.partition;
  const uint64_t tree_rows = partition.tree.rows().size();
  if (tree_rows == 0 || params.count == 0) return std::vector<Candidate>{};
  OrderedRows ordered(partition.tree.rows(), &rows);
  const std::unique_ptr<DistanceSource> source = SourceFor(query, ordered);
  const uint32_t cell_count = partition.tree.cell_count();
  if (allowed != nullptr && allowed->Count() <= cell_count) {
    return ScanMatches(*source, params.count, *allowed, counters);
  }

  const uint64_t probes = params.probes != 0 ? params.probes : parts_.default_probes;
  const uint64_t measured_max =
      counters.distances + (probes >= cell_count ? tree_rows : probes * tree_rows / cell_count);
  partition.Prepare(query, &query_);
  queue_.Start(partition.tree, query_);
  Nearest<Candidate> nearest(params.count);
  double gap_limit = std::numeric_limits<double>::infinity();
  KdCellQueue::Cell cell;
  while ((counters.distances < measured_max || nearest.size() < params.count) &&
         queue_.Next(gap_limit, &cell)) {
    const KdNode& node = partition.tree.nodes()[cell.node];
    const float bound = nearest.bound();
    if (events != nullptr) {
      events->push_back({.kind = TraceEvent::Kind::kProbe,
                         .layer = node.axis,
                         .to = node.count,
                         .distance = query_.DistanceOf(cell.gap),
                         .bound = source->ToMetric(bound)});
    }
    ++counters.hops;
    if (!VisitCell(node, allowed, *source, nearest, events, counters)) {
      return std::unexpected(source->error());
    }
    if (nearest.bound() != bound) gap_limit = query_.GapLimit(source->ToMetric(nearest.bound()));
  }
  return TakeFound(*source, &nearest);
}

bool KdTreeIndex::VisitCell(const KdNode& cell, const RowBitmap* allowed, DistanceSource& source,
                            Nearest<Candidate>& nearest, std::vector<TraceEvent>* events,
                            WalkCounters& counters) {
  const std::span<const Row> order = parts_.partition.tree.rows();
  if (distances_.size() < cell.count) distances_.resize(cell.count);
  matching_.clear();
  bool readable = true;
  uint32_t count = cell.count;
  if (allowed == nullptr) {
    readable = source.Run(cell.first, count, distances_.data());
  } else {
    for (uint32_t i = cell.first; i < cell.first + cell.count; ++i) {
      if (allowed->Test(order[i])) matching_.push_back(i);
    }
    count = static_cast<uint32_t>(matching_.size());
    readable = source.Distances(matching_, distances_.data());
  }
  if (!readable) return false;
  counters.distances += count;
  for (uint32_t i = 0; i < count; ++i) {
    const Row row = order[allowed == nullptr ? cell.first + i : matching_[i]];
    const float bound = nearest.bound();
    if (events != nullptr) {
      events->push_back({.kind = distances_[i] <= bound ? TraceEvent::Kind::kKeep : TraceEvent::Kind::kPrune,
                         .layer = cell.axis,
                         .from = row,
                         .to = row,
                         .distance = source.ToMetric(distances_[i]),
                         .bound = source.ToMetric(bound)});
    }
    if (distances_[i] <= bound) nearest.Offer({distances_[i], row});
  }
  return true;
}

Result<std::vector<Candidate>> KdTreeIndex::ScanMatches(DistanceSource& source, size_t count,
                                                        const RowBitmap& allowed, WalkCounters& counters) {
  AllowedPositions(allowed, position_, &matching_);
  Nearest<Candidate> nearest(count);
  if (!OfferPositions(source, matching_, parts_.partition.tree.rows(), &distances_, &nearest, &counters)) {
    return std::unexpected(source.error());
  }
  return TakeFound(source, &nearest);
}

}  // namespace strata
