#include "index/kd_lsh_survey.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace strata {
namespace {

constexpr uint32_t kNotFound = UINT32_MAX;

// Times in units of scoring one bucket (a nanosecond or so).
constexpr double kCellCost = 200;
constexpr double kProbeCost = 25;

}  // namespace

KdLshSurvey::KdLshSurvey(const KdPartition* partition, const KdLshCells* cells)
    : partition_(partition), cells_(cells) {
  const uint32_t cell_count = partition->tree.cell_count();
  for (uint32_t count = 1; count < cell_count; count += (count + 3) / 4) cell_counts_.push_back(count);
  cell_counts_.push_back(cell_count);
  ranks_.resize(cell_counts_.size());
}

void KdLshSurvey::Add(std::span<const float> query, std::span<const Candidate> neighbours,
                      std::span<const uint32_t> position_of) {
  const KdTree& tree = partition_->tree;
  partition_->Prepare(query, &query_);
  cells_->ProjectQuery(query_, &coordinates_, &products_);
  scored_.resize(tree.rows().size());
  queue_.Start(tree, query_);
  KdCellQueue::Cell cell;
  for (uint32_t visit = 0; queue_.Next(std::numeric_limits<double>::infinity(), &cell); ++visit) {
    const KdNode& node = tree.nodes()[cell.node];
    sums_.resize(cells_->PaddedCount(node.axis));
    cells_->Score(node.axis, products_.data(), std::numeric_limits<float>::infinity(), &tables_);
    cells_->Scan(node.axis, tables_, sums_.data());
    for (uint32_t i = 0; i < node.count; ++i) {
      scored_[node.first + i] = {.score = tables_.base + tables_.unit * sums_[i], .visit = visit};
    }
  }
  std::vector<uint32_t> better(cell_counts_.size());
  for (const Candidate& neighbour : neighbours) {
    const Scored own = scored_[position_of[neighbour.row]];
    // Rows that score no worse, by the first count of cells that has their cell.
    std::ranges::fill(better, 0u);
    for (const Scored& other : scored_) {
      if (!(other.score <= own.score)) continue;
      const auto at = std::ranges::upper_bound(cell_counts_, other.visit);
      ++better[static_cast<size_t>(at - cell_counts_.begin())];
    }
    uint32_t rank = 0;
    for (size_t i = 0; i < cell_counts_.size(); ++i) {
      rank += better[i];
      ranks_[i].push_back(own.visit < cell_counts_[i] ? rank : kNotFound);
    }
  }
}

KdLshPlan KdLshSurvey::PlanFor(double recall) const {
  const double cell_rows =
      static_cast<double>(partition_->tree.rows().size()) / partition_->tree.cell_count();
  KdLshPlan best{.probes = 1, .cells = partition_->tree.cell_count()};
  double best_cost = std::numeric_limits<double>::infinity();
  for (size_t i = 0; i < cell_counts_.size(); ++i) {
    std::vector<uint32_t> ranks = ranks_[i];
    if (ranks.empty()) break;
    const auto wanted = static_cast<size_t>(std::ceil(recall * static_cast<double>(ranks.size())));
    const auto at = ranks.begin() + static_cast<ptrdiff_t>(std::clamp<size_t>(wanted, 1, ranks.size()) - 1);
    std::ranges::nth_element(ranks, at);
    if (*at == kNotFound) continue;
    const double cost = cell_counts_[i] * (cell_rows + kCellCost) + *at * kProbeCost;
    if (cost >= best_cost) continue;
    best_cost = cost;
    best = {.probes = std::max(*at, 1u), .cells = cell_counts_[i]};
  }
  return best;
}

}  // namespace strata
