#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "bytes/row_bitmap.h"
#include "index/hnsw_graph.h"
#include "index/hnsw_linker.h"

namespace strata {

// Carries the links of an older graph over into a new one when segments are merged, at a small part of the
// cost of linking the same rows anew.
//
// Rows keep their layers. Where a row lost neighbours that died, the neighbours of those become candidates in
// their place, and the heuristic selects among them and the links that are left: the delete of Singh et al.,
// "FreshDiskANN", 2021, arXiv:2105.09613, section 4.2, with HNSW's selection.
class GraphReuse {
 public:
  // `new_row` gives for each row of `old_graph` its row in the new graph, or kNoRow. Both must stay alive.
  GraphReuse(const HnswGraph& old_graph, std::span<const Row> new_row)
      : old_(&old_graph), new_row_(new_row) {}

  uint32_t old_row_count() const { return old_->row_count(); }

  // The new row of `old_row`, or kNoRow if it died or never had links.
  Row NewRow(Row old_row) const { return old_->Has(old_row) ? new_row_[old_row] : kNoRow; }

  // Sets the level of each row that comes over.
  void CopyLevels(std::span<uint8_t> levels) const;

  // Carries over the links of `old_row`, which lives, and makes it the entry if none is on a higher layer.
  void CopyLinks(Row old_row, HnswGraph* graph, HnswLinker* linker);

 private:
  const HnswGraph* old_;
  std::span<const Row> new_row_;
  std::vector<Row> candidates_;
};

}  // namespace strata
