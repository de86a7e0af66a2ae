#include "index/kd_tree_index_builder.h"

#include <utility>

#include "bytes/append.h"
#include "index/index_kinds.h"
#include "index/kd_visit_survey.h"

namespace strata {
namespace {

// Measured with 200,000 rows of 8 dimensions and with Fashion-MNIST (bench/native/kd_tree.cc).
constexpr uint32_t kCellRowsOfVectors = 32;
constexpr uint32_t kCellRowsOfCodes = 64;
constexpr uint32_t kSampleQueries = 100;
constexpr uint32_t kSampleNeighbours = 10;
constexpr uint32_t kAxisCountMax = KdTreeIndex::kVectorDimensionMax + 1;  // The lift under kDot is one more.

uint32_t CellRows(const CollectionOptions& options) {
  if (options.kd_leaf_rows != 0) return options.kd_leaf_rows;
  return KdTreeIndex::HoldsVectors(options) ? kCellRowsOfVectors : kCellRowsOfCodes;
}

}  // namespace

KdTreeIndexBuilder::KdTreeIndexBuilder(const IndexBuildOptions& options, RowVectors* rows)
    : options_(options),
      rows_(rows),
      partition_({.metric = options.collection.metric,
                  .cell_rows_max = CellRows(options.collection),
                  .axis_count_max = kAxisCountMax},
                 rows),
      sample_(options.collection.metric, rows, kSampleQueries, kSampleNeighbours) {}

Result<bool> KdTreeIndexBuilder::Step(uint64_t micros) {
  const Deadline deadline(options_.env, micros);
  if (!partitioned_) {
    STRATA_ASSIGN_OR_RETURN(partitioned_, partition_.Step(deadline));
    if (!partitioned_) return false;
    STRATA_RETURN_IF_ERROR(StartHolding());
  }
  if (!held_) {
    STRATA_ASSIGN_OR_RETURN(held_, Hold(deadline));
    if (!held_) return false;
    if (coder_) parts_.codes = coder_->Finish();
    index_ = std::make_unique<KdTreeIndex>(options_.collection, rows_->row_count(), std::move(parts_));
  }
  STRATA_ASSIGN_OR_RETURN(const bool sampled, sample_.Step(deadline));
  if (sampled) ChooseProbes();
  return sampled;
}

Result<void> KdTreeIndexBuilder::StartHolding() {
  parts_.partition = partition_.Finish();
  ordered_.emplace(parts_.partition.tree.rows(), rows_);
  if (KdTreeIndex::HoldsVectors(options_.collection)) return {};
  STRATA_ASSIGN_OR_RETURN(coder_, MakeRowCoder(options_, &*ordered_));
  return {};
}

Result<bool> KdTreeIndexBuilder::Hold(const Deadline& deadline) {
  if (coder_) return coder_->Step(deadline);
  if (!KdTreeIndex::HoldsVectors(options_.collection)) return true;
  const uint32_t dimension = ordered_->dimension();
  while (parts_.vectors.size() < size_t{dimension} * ordered_->row_count()) {
    const auto next = static_cast<Row>(parts_.vectors.size() / dimension);
    STRATA_ASSIGN_OR_RETURN(const float* const vector, ordered_->Get(next));
    AppendAll(std::span(vector, dimension), &parts_.vectors);
    if (next % 64 == 0 && deadline.Passed()) return false;
  }
  return true;
}

void KdTreeIndexBuilder::ChooseProbes() {
  constexpr double kExactShareMax = 0.125;
  KdVisitSurvey survey(&index_->partition());
  for (size_t i = 0; i < sample_.query_count(); ++i) {
    survey.Add(sample_.Query(i), sample_.Neighbours(i), index_->position_of());
  }
  const bool exact = survey.exact_visits() <= kExactShareMax * index_->partition().tree.cell_count();
  if (!exact) index_->set_default_probes(survey.VisitsFor(options_.collection.recall_target / 1000.0));
}

double KdTreeIndexBuilder::progress() const {
  if (!partitioned_) return 0.6 * partition_.progress();
  if (!held_) return 0.6 + 0.2 * (coder_ ? coder_->progress() : 0);
  return 0.8 + 0.2 * sample_.progress();
}

size_t KdTreeIndexBuilder::memory_bytes() const {
  if (index_) return index_->memory_bytes();
  return partition_.memory_bytes() + parts_.partition.memory_bytes() +
         parts_.vectors.capacity() * sizeof(float) + (coder_ ? coder_->memory_bytes() : 0);
}

std::unique_ptr<VectorIndex> KdTreeIndexBuilder::Finish() { return std::move(index_); }

}  // namespace strata
