#include "index/neighbour_sample.h"

#include <algorithm>

#include "bytes/append.h"
#include "vector/distance.h"

namespace strata {

NeighbourSample::NeighbourSample(Metric metric, RowVectors* rows, uint32_t query_count_max,
                                 uint32_t neighbour_count_max)
    : metric_(metric),
      rows_(rows),
      query_count_max_(query_count_max),
      neighbour_count_max_(neighbour_count_max) {}

std::span<const float> NeighbourSample::Query(size_t i) const {
  return std::span(queries_).subspan(i * rows_->dimension(), rows_->dimension());
}

Result<void> NeighbourSample::DrawQueries() {
  const uint32_t row_count = rows_->row_count();
  for (Row row = 0; row < row_count; ++row) {
    if (rows_->Has(row)) present_.push_back(row);
  }
  const uint64_t query_count = std::min<uint64_t>(query_count_max_, present_.size());
  for (uint64_t i = 0; i < query_count; ++i) {
    query_rows_.push_back(present_[static_cast<size_t>((2 * i + 1) * present_.size() / (2 * query_count))]);
    STRATA_ASSIGN_OR_RETURN(const float* const vector, rows_->Get(query_rows_.back()));
    AppendAll(std::span(vector, rows_->dimension()), &queries_);
    nearest_.emplace_back(neighbour_count_max_);
  }
  drawn_ = true;
  return {};
}

Result<bool> NeighbourSample::Step(const Deadline& deadline) {
  if (!drawn_) STRATA_RETURN_IF_ERROR(DrawQueries());
  const uint32_t row_count = rows_->row_count();
  const size_t dimension = rows_->dimension();
  std::vector<float> distances;
  while (next_ < row_count) {
    STRATA_ASSIGN_OR_RETURN(std::span<const float> run, rows_->Run(next_));
    // A few rows at a time: they stay in the cache while all queries are measured, and steps stay short.
    constexpr size_t kGroup = 32;
    run = run.first(std::min(run.size(), kGroup * dimension));
    const size_t count = run.size() / dimension;
    distances.resize(count);
    for (size_t i = 0; i < count; ++i) {
      if (rows_->Has(next_ + static_cast<Row>(i)))
        longest_ = std::max(longest_, Norm(&run[i * dimension], dimension));
    }
    for (size_t query = 0; query < query_rows_.size(); ++query) {
      ExactDistance(metric_, Query(query)).Batch(run.data(), count, distances.data());
      for (size_t i = 0; i < count; ++i) {
        const Row row = next_ + static_cast<Row>(i);
        if (row != query_rows_[query] && rows_->Has(row)) nearest_[query].Offer({distances[i], row});
      }
    }
    next_ += static_cast<Row>(count);
    if (deadline.Passed()) break;
  }
  if (next_ < row_count) return false;
  for (Nearest<Candidate>& nearest : nearest_) neighbours_.push_back(nearest.Take());
  nearest_.clear();
  return true;
}

double NeighbourSample::progress() const {
  return rows_->row_count() == 0 ? 1 : static_cast<double>(next_) / rows_->row_count();
}

size_t NeighbourSample::memory_bytes() const {
  return queries_.capacity() * sizeof(float) + present_.capacity() * sizeof(Row) +
         query_rows_.size() * neighbour_count_max_ * sizeof(Candidate);
}

}  // namespace strata
