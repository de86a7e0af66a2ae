#include <algorithm>

#include "index/kd_lsh_index.h"
#include "index/kd_rows.h"
#include "index/vector_source.h"
#include "vector/select_kernels.h"

namespace strata {

Result<std::vector<Candidate>> KdLshIndex::Search(std::span<const float> query, const WalkParams& params,
                                                  const RowBitmap* allowed, RowVectors& rows,
                                                  WalkCounters* counters) {
  return Find(query, params, allowed, rows, nullptr, *counters);
}

Result<std::vector<Candidate>> KdLshIndex::Trace(std::span<const float> query, const WalkParams& params,
                                                 const RowBitmap* allowed, RowVectors& rows,
                                                 std::vector<TraceEvent>* events) {
  WalkCounters counters;
  return Find(query, params, allowed, rows, events, counters);
}

Result<std::vector<Candidate>> KdLshIndex::Find(std::span<const float> query, const WalkParams& params,
                                                const RowBitmap* allowed, RowVectors& rows,
                                                std::vector<TraceEvent>* events, WalkCounters& counters) {
  const std::span<const Row> order = parts_.partition.tree.rows();
  if (order.empty() || params.count == 0) return std::vector<Candidate>{};
  KdLshPlan plan = parts_.plan;
  if (params.probes != 0) {
    // More probes want more cells in the same measure.
    const uint64_t cells = (uint64_t{plan.cells} * params.probes + plan.probes - 1) / plan.probes;
    plan = {.probes = params.probes,
            .cells = static_cast<uint32_t>(std::min<uint64_t>(cells, parts_.partition.tree.cell_count()))};
  }
  plan.probes = std::max(plan.probes, params.count);

  // Scoring its bucket is a tenth of what measuring a row costs.
  constexpr uint32_t kScansPerProbe = 10;
  const uint64_t scored = uint64_t{plan.cells} * order.size() / parts_.partition.tree.cell_count();
  if (allowed != nullptr && allowed->Count() <= plan.probes + scored / kScansPerProbe) {
    AllowedPositions(*allowed, position_, &positions_);
  } else {
    parts_.partition.Prepare(query, &query_);
    ProbeCells(plan, allowed, events, counters);
  }
  OrderedRows ordered(order, &rows);
  const std::unique_ptr<DistanceSource> source =
      parts_.codes ? parts_.codes->ForQuery(query)
                   : std::make_unique<VectorSource>(options_.metric, query, ordered);
  Nearest<Candidate> nearest(params.count);
  if (!OfferPositions(*source, positions_, order, &distances_, &nearest, &counters)) {
    return std::unexpected(source->error());
  }
  std::vector<Candidate> found = TakeFound(*source, &nearest);
  if (events != nullptr) {
    for (size_t i = 0; i < positions_.size(); ++i) {
      const float distance = source->ToMetric(distances_[i]);
      const float bound = found.empty() ? distance : found.back().distance;
      events->push_back({.kind = distance <= bound ? TraceEvent::Kind::kKeep : TraceEvent::Kind::kPrune,
                         .from = order[positions_[i]],
                         .to = order[positions_[i]],
                         .distance = distance,
                         .bound = bound});
    }
  }
  return found;
}

void KdLshIndex::ProbeCells(const KdLshPlan& plan, const RowBitmap* allowed, std::vector<TraceEvent>* events,
                            WalkCounters& counters) {
  const auto& tree = parts_.partition.tree;
  parts_.cells.ProjectQuery(query_, &coordinates_, &products_);
  best_.Start(plan.probes);
  const uint64_t scored_max = uint64_t{plan.cells} * tree.rows().size() / tree.cell_count();
  uint64_t scored = 0;
  queue_.Start(tree, query_);
  KdCellQueue::Cell cell;
  while ((scored < scored_max || best_.size() < plan.probes) && queue_.Next(best_.bound(), &cell)) {
    const KdNode& node = tree.nodes()[cell.node];
    if (events != nullptr) {
      events->push_back({.kind = TraceEvent::Kind::kProbe,
                         .layer = node.axis,
                         .to = node.count,
                         .distance = query_.DistanceOf(cell.gap),
                         .bound = query_.DistanceOf(best_.bound())});
    }
    ++counters.hops;
    scored += ScoreCell(node, allowed);
  }
  best_.Take(&positions_);
}

uint32_t KdLshIndex::ScoreCell(const KdNode& cell, const RowBitmap* allowed) {
  const std::span<const Row> order = parts_.partition.tree.rows();
  const uint32_t padded = parts_.cells.PaddedCount(cell.axis);
  if (sums_.size() < padded) {
    sums_.resize(padded);
    selected_.resize(padded);
  }
  if (parts_.cells.Score(cell.axis, products_.data(), best_.bound(), &tables_)) {
    parts_.cells.Scan(cell.axis, tables_, sums_.data());
    const auto score = [&](uint32_t index) { return tables_.base + tables_.unit * sums_[index]; };
    if (!best_.has_scale()) {
      best_.SetScale(score(static_cast<uint32_t>(std::max_element(sums_.begin(), sums_.begin() + cell.count) -
                                                 sums_.begin())));
    }
    // What pads the last block is never among the best.
    std::fill(sums_.begin() + cell.count, sums_.begin() + padded, uint16_t{UINT16_MAX});
    // In parts, since each lowers the bar for the next.
    constexpr uint32_t kPart = 2 * kSelectAlignment;
    for (uint32_t first = 0; first < padded; first += kPart) {
      const float limit = (best_.bound() - tables_.base) / tables_.unit;
      if (limit < 0) break;
      const auto sum_max = static_cast<uint16_t>(limit < UINT16_MAX - 1 ? limit : float{UINT16_MAX - 1});
      const size_t count =
          SelectAtMost(&sums_[first], std::min(kPart, padded - first), sum_max, selected_.data());
      for (size_t i = 0; i < count; ++i) {
        const uint32_t index = first + selected_[i];
        if (allowed != nullptr && !allowed->Test(order[cell.first + index])) continue;
        best_.Add(score(index), cell.first + index);
      }
    }
  }
  if (allowed == nullptr) return cell.count;
  uint32_t matching = 0;
  for (uint32_t i = 0; i < cell.count; ++i) matching += allowed->Test(order[cell.first + i]);
  return matching;
}

}  // namespace strata
