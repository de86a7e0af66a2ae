#include "index/kd_visit_survey.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace strata {

void KdVisitSurvey::Add(std::span<const float> query, std::span<const Candidate> neighbours,
                        std::span<const uint32_t> position_of) {
  if (neighbours.empty()) return;
  const KdTree& tree = partition_->tree;
  missing_.clear();
  for (const Candidate& neighbour : neighbours) missing_.push_back(position_of[neighbour.row]);
  partition_->Prepare(query, &query_);
  queue_.Start(tree, query_);
  const double exact_gap = query_.GapLimit(neighbours.back().distance);
  KdCellQueue::Cell cell;
  for (uint32_t visits = 1; queue_.Next(std::numeric_limits<double>::infinity(), &cell); ++visits) {
    exact_visits_ += cell.gap <= exact_gap;
    const KdNode& node = tree.nodes()[cell.node];
    const size_t found =
        std::erase_if(missing_, [&](uint32_t position) { return position - node.first < node.count; });
    visits_.insert(visits_.end(), found, visits);
    if (missing_.empty() && cell.gap > exact_gap) break;
  }
  ++query_count_;
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
