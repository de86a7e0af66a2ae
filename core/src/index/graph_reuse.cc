#include "index/graph_reuse.h"

#include <algorithm>
#include <cassert>

#include "bytes/heap_sort.h"

namespace strata {

void GraphReuse::CopyLevels(std::span<uint8_t> levels) const {
  for (Row old_row = 0; old_row < old_->row_count(); ++old_row) {
    const Row row = NewRow(old_row);
    if (row == kNoRow) continue;
    assert(row < levels.size());
    levels[row] = static_cast<uint8_t>(old_->Level(old_row));
  }
}

void GraphReuse::CopyLinks(Row old_row, HnswGraph* graph, HnswLinker* linker) {
  const Row row = NewRow(old_row);
  const uint32_t level = old_->Level(old_row);
  for (uint32_t layer = 0; layer <= level; ++layer) {
    candidates_.clear();
    bool whole = true;
    const auto add_living = [&](std::span<const Row> links) {
      for (const Row link : links) {
        if (NewRow(link) != kNoRow && link != old_row) candidates_.push_back(NewRow(link));
      }
    };
    const std::span<const Row> links = old_->Links(old_row, layer);
    add_living(links);
    for (const Row link : links) {
      if (NewRow(link) != kNoRow) continue;
      whole = false;
      add_living(old_->Links(link, layer));
    }
    if (whole) {
      graph->SetLinks(row, layer, candidates_);
      continue;
    }
    HeapSort(candidates_);
    candidates_.erase(std::ranges::unique(candidates_).begin(), candidates_.end());
    linker->Relink(row, layer, candidates_);
  }
  if (graph->entry() == kNoRow || level > graph->Level(graph->entry())) graph->SetEntry(row);
}

}  // namespace strata
