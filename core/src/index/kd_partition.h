#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "file/section_file.h"
#include "index/kd_projection.h"
#include "index/kd_space.h"
#include "index/kd_tree.h"
#include "strata/inspect.h"
#include "strata/result.h"

namespace strata {

// A query as a kd-tree sees it.
struct KdQuery {
  std::vector<float> place;  // Less the mean.
  std::vector<float> low;    // The interval of each coordinate.
  std::vector<float> high;
  KdReach reach;
  double stretch = 1;

  // The squared gap beyond which boxes hold only rows that are farther than `distance`.
  double GapLimit(float distance) const { return reach.Squared(distance) * stretch; }
  float DistanceOf(double gap) const { return reach.Distance(gap); }
};

// Space cut into cells: where vectors are placed, on which axes these places have coordinates, and the tree
// of boxes over them. What kd-tree and kd-lsh have in common.
struct KdPartition {
  KdSpace space;
  KdProjection projection;
  KdTree tree;

  // Sets `query` anew, reusing its memory.
  void Prepare(std::span<const float> vector, KdQuery* query) const;

  size_t memory_bytes() const { return projection.memory_bytes() + tree.memory_bytes(); }
  KdTreeView View() const;

  Result<void> Save(SectionWriter& writer) const;
  // Every number is checked; kCorruption otherwise.
  static Result<KdPartition> Load(Metric metric, uint32_t dimension, uint32_t row_count,
                                  SectionReader& reader);
};

}  // namespace strata
