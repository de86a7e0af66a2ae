#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "index/lsh_hash_family.h"
#include "index/lsh_tables.h"
#include "index/lsh_tuner.h"
#include "index/neighbour_sample.h"
#include "index/vector_index.h"
#include "quant/row_codes.h"

namespace strata {

// Builds an LshIndex: codes the rows, finds the exact neighbours of some of them, chooses the parameters by
// these, hashes all rows and sorts them into tables.
//
// The same rows, options and seed give the same index, byte for byte, however the work is cut into steps.
// Memory besides the index's own: 20 bytes a row, and a few megabytes for choosing.
class LshIndexBuilder final : public VectorIndexBuilder {
 public:
  // `coder` may be null: no codes.
  LshIndexBuilder(const IndexBuildOptions& options, RowVectors* rows, std::unique_ptr<RowCoder> coder);

  Result<bool> Step(uint64_t micros) override;
  double progress() const override;
  size_t memory_bytes() const override;
  std::unique_ptr<VectorIndex> Finish() override;

 private:
  enum class Phase : uint8_t { kCode, kMeasure, kProject, kTune, kHash, kSort, kDone };

  Result<void> StartProjecting();
  Result<void> ProjectSample();
  Result<void> ProjectQuery(size_t query);
  void StartTuning();
  void StartHashing();
  // Lets family_'s planes pass through the middle of the sample.
  void Centre();
  Result<void> HashRun();
  // One step of the phase; true when it is over.
  Result<bool> StepPhase(const Deadline& deadline);

  IndexBuildOptions options_;
  RowVectors* rows_;
  std::unique_ptr<RowCoder> coder_;
  Phase phase_ = Phase::kCode;
  NeighbourSample sample_;
  // For the tuner: products of some rows, and the queries with their neighbours.
  LshTuner::Goal goal_;
  size_t sample_count_ = 0;
  size_t sampled_ = 0;  // Of these, projected.
  std::vector<float> sample_products_;
  std::vector<double> centre_;  // Of the points of the sample: their sum, then their mean.
  size_t next_query_ = 0;
  std::vector<LshTuner::Query> queries_;
  std::optional<LshTuner> tuner_;
  LshPlan plan_;
  std::optional<LshHashFamily> family_;  // First what the tuner may choose from, then what it chose.
  std::optional<LshTablesBuilder> tables_;
  size_t next_hashed_ = 0;  // Rows hashed so far.
  std::vector<float> points_;
  std::vector<float> products_;
};

}  // namespace strata
