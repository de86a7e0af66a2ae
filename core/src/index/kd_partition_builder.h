#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "env/deadline.h"
#include "index/kd_partition.h"
#include "index/kd_tree_builder.h"
#include "strata/options.h"
#include "vector/pca.h"
#include "vector/row_vectors.h"

namespace strata {

struct KdPartitionOptions {
  Metric metric = Metric::kL2;
  uint32_t cell_rows_max = 32;
  uint32_t axis_count_max = 32;
  bool keep_coordinates = false;  // For TakeCoordinates().
};

// Builds a KdPartition of all rows that have a vector, in bounded steps: surveys them, finds the axes on a
// sample of about a thousand, computes all coordinates, and builds the tree.
//
// In few dimensions (axis_count_max of them at most) there are as many axes as dimensions, and the principal
// ones replace the given ones only where that shrinks boxes: the product of the standard deviations must
// fall. (Evenly filled cubes have no principal directions, and boxes that are turned by chance fit them
// badly.) In many dimensions the axes are the leading principal ones: boxes on 32 of 784 directions still
// hold most of the variance, and a query is projected once.
class KdPartitionBuilder {
 public:
  // `rows` must outlive this object.
  KdPartitionBuilder(const KdPartitionOptions& options, RowVectors* rows);

  // Works until the deadline, at least a little; true when done.
  Result<bool> Step(const Deadline& deadline);
  double progress() const;
  size_t memory_bytes() const;
  KdPartition Finish();  // Once.
  // The coordinates of the tree's rows, in its order.
  std::vector<float> TakeCoordinates() { return std::move(kept_coordinates_); }

 private:
  enum class Phase : uint8_t { kSurvey, kSample, kAxes, kCoordinates, kTree, kDone };

  Result<void> SurveyRun();
  Result<void> TakeSample();
  void ChooseAxes();
  Result<void> ProjectRun();

  KdPartitionOptions options_;
  RowVectors* rows_;
  Phase phase_ = Phase::kSurvey;
  Row next_ = 0;
  float component_max_ = 0;
  double length_max_ = 0;
  KdPartition partition_;
  std::vector<float> sample_;
  std::optional<PcaFit> fit_;
  float row_radius_ = 0;
  std::vector<float> place_;
  std::vector<Row> placed_rows_;
  std::vector<float> coordinates_;
  KdTreeBuilder tree_;
  std::vector<float> kept_coordinates_;
};

}  // namespace strata
