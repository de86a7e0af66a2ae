#include "index/kd_lsh_index_builder.h"

#include <algorithm>
#include <utility>

#include "index/index_kinds.h"

namespace strata {
namespace {

// Measured on Fashion-MNIST and word2vec-300 (bench/native/kd_lsh.cc).
constexpr uint32_t kCellRows = 512;
constexpr uint32_t kFunctions = 64;
constexpr uint32_t kSampleQueries = 100;
constexpr uint32_t kSampleNeighbours = 10;

KdPartitionOptions PartitionOptions(const CollectionOptions& options) {
  return {.metric = options.metric,
          .cell_rows_max = options.kd_leaf_rows != 0 ? options.kd_leaf_rows : kCellRows,
          .axis_count_max = options.lsh_hashes != 0 ? options.lsh_hashes : kFunctions,
          .keep_coordinates = true};
}

}  // namespace

KdLshIndexBuilder::KdLshIndexBuilder(const IndexBuildOptions& options, RowVectors* rows)
    : options_(options),
      rows_(rows),
      partition_(PartitionOptions(options.collection), rows),
      sample_(options.collection.metric, rows, kSampleQueries, kSampleNeighbours) {}

Result<bool> KdLshIndexBuilder::Step(uint64_t micros) {
  const Deadline deadline(options_.env, micros);
  while (phase_ != Phase::kDone) {
    STRATA_ASSIGN_OR_RETURN(const bool over, StepPhase(deadline));
    if (over) phase_ = static_cast<Phase>(std::to_underlying(phase_) + 1);
    if (deadline.Passed()) break;
  }
  return phase_ == Phase::kDone;
}

Result<bool> KdLshIndexBuilder::StepPhase(const Deadline& deadline) {
  switch (phase_) {
    case Phase::kPartition: {
      STRATA_ASSIGN_OR_RETURN(const bool over, partition_.Step(deadline));
      if (!over) return false;
      parts_.partition = partition_.Finish();
      parts_.cells = KdLshCells(parts_.partition.tree, partition_.TakeCoordinates(), options_.seed);
      // Moving the tree on does not move its rows.
      ordered_.emplace(parts_.partition.tree.rows(), rows_);
      STRATA_ASSIGN_OR_RETURN(coder_, MakeRowCoder(options_, &*ordered_));
      return true;
    }
    case Phase::kCode:
      if (coder_) {
        STRATA_ASSIGN_OR_RETURN(const bool over, coder_->Step(deadline));
        if (!over) return false;
        parts_.codes = coder_->Finish();
      }
      return true;
    case Phase::kSample: {
      STRATA_ASSIGN_OR_RETURN(const bool over, sample_.Step(deadline));
      if (over) FinishIndex();
      return over;
    }
    case Phase::kSurvey:
      if (surveyed_ < sample_.query_count()) {
        survey_->Add(sample_.Query(surveyed_), sample_.Neighbours(surveyed_), index_->position_of());
        ++surveyed_;
        return false;
      }
      index_->set_plan(survey_->PlanFor(options_.collection.recall_target / 1000.0));
      return true;
    case Phase::kDone:
      break;
  }
  return true;
}

void KdLshIndexBuilder::FinishIndex() {
  index_ = std::make_unique<KdLshIndex>(options_.collection, rows_->row_count(), std::move(parts_));
  survey_.emplace(&index_->partition(), &index_->cells());
}

double KdLshIndexBuilder::progress() const {
  switch (phase_) {
    case Phase::kPartition:
      return 0.5 * partition_.progress();
    case Phase::kCode:
      return 0.5 + 0.2 * (coder_ ? coder_->progress() : 1);
    case Phase::kSample:
      return 0.7 + 0.2 * sample_.progress();
    case Phase::kSurvey:
      return 0.9 + 0.1 * static_cast<double>(surveyed_) / kSampleQueries;
    case Phase::kDone:
      break;
  }
  return 1;
}

size_t KdLshIndexBuilder::memory_bytes() const {
  if (index_) return index_->memory_bytes();
  return partition_.memory_bytes() + parts_.partition.memory_bytes() + parts_.cells.memory_bytes() +
         sample_.memory_bytes() + (coder_ ? coder_->memory_bytes() : 0);
}

std::unique_ptr<VectorIndex> KdLshIndexBuilder::Finish() { return std::move(index_); }

}  // namespace strata
