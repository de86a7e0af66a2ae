#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "index/kd_lsh_index.h"
#include "index/kd_lsh_survey.h"
#include "index/kd_partition_builder.h"
#include "index/kd_rows.h"
#include "index/neighbour_sample.h"

namespace strata {

// Builds a KdLshIndex: cuts space into cells, hashes the rows of each, codes them in their order, and chooses
// on sample queries how far searches go for the collection's recall target.
class KdLshIndexBuilder final : public VectorIndexBuilder {
 public:
  KdLshIndexBuilder(const IndexBuildOptions& options, RowVectors* rows);

  Result<bool> Step(uint64_t micros) override;
  double progress() const override;
  size_t memory_bytes() const override;
  std::unique_ptr<VectorIndex> Finish() override;

 private:
  enum class Phase : uint8_t { kPartition, kCode, kSample, kSurvey, kDone };

  Result<bool> StepPhase(const Deadline& deadline);
  void FinishIndex();

  IndexBuildOptions options_;
  RowVectors* rows_;
  Phase phase_ = Phase::kPartition;
  KdPartitionBuilder partition_;
  KdLshIndex::Parts parts_;
  std::optional<OrderedRows> ordered_;
  std::unique_ptr<RowCoder> coder_;
  NeighbourSample sample_;
  std::unique_ptr<KdLshIndex> index_;
  std::optional<KdLshSurvey> survey_;
  size_t surveyed_ = 0;
};

}  // namespace strata
