#include "index/kd_visit_survey.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "index/nearest.h"
#include "index/vector_index.h"

namespace strata {

bool KdVisitSurvey::Add(std::span<const float> query, uint32_t own_position, DistanceSource& source) {
  const KdTree& tree = partition_->tree;
  const auto row_count = static_cast<uint32_t>(tree.rows().size());
  distances_.resize(row_count);
  if (!source.Run(0, row_count, distances_.data())) return false;
  Nearest<Candidate> nearest(kSurveyK);
  for (uint32_t i = 0; i < row_count; ++i) {
    if (i != own_position) nearest.Offer({distances_[i], i});
  }
  std::vector<Candidate> neighbours = nearest.Take();
  if (neighbours.empty()) return true;

  partition_->Prepare(query, &query_);
  queue_.Start(tree, query_);
  const double exact_gap = query_.GapLimit(source.ToMetric(neighbours.back().distance));
  KdCellQueue::Cell cell;
  for (uint32_t visits = 1; queue_.Next(std::numeric_limits<double>::infinity(), &cell); ++visits) {
    exact_visits_ += cell.gap <= exact_gap;
    const KdNode& node = tree.nodes()[cell.node];
    visits_.insert(
        visits_.end(),
        std::erase_if(neighbours, [&](const Candidate& c) { return c.row - node.first < node.count; }),
        visits);
    if (neighbours.empty() && cell.gap > exact_gap) break;
  }
  ++query_count_;
  return true;
}

uint32_t KdVisitSurvey::VisitsFor(double recall) const {
  if (visits_.empty()) return 1;
  std::vector<uint32_t> sorted = visits_;
  const auto wanted = static_cast<size_t>(std::ceil(recall * static_cast<double>(sorted.size())));
  const auto at = sorted.begin() + static_cast<ptrdiff_t>(std::clamp<size_t>(wanted, 1, sorted.size()) - 1);
  std::nth_element(sorted.begin(), at, sorted.end());
  return *at;
}

}  // namespace strata
