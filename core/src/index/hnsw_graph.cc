#include "index/hnsw_graph.h"

#include <algorithm>
#include <string>

namespace strata {
namespace {

Failure Damaged(Row row, std::initializer_list<MessagePart> what) {
  return Fail(ErrorCode::kCorruption, {"hnsw graph: row ", row, ": ", Message(what)});
}

}  // namespace

HnswGraph::HnswGraph(uint32_t m, std::span<const uint8_t> levels)
    : m_(m), base_(levels.size() * 2 * m), upper_offset_(levels.size() + 1) {
  std::ranges::fill(base_.span(), kNoRow);
  for (Row row = 0; row < levels.size(); ++row) {
    const bool present = levels[row] != kNoLayer;
    if (!present) base_[BaseStart(row)] = kAbsent;
    upper_offset_[row + 1] = upper_offset_[row] + (present ? levels[row] : 0);
  }
  upper_.resize(size_t{upper_offset_.back()} * (m + 1));
}

// What lies past the end of a list is cleared, so that equal graphs are equal bytes.
void HnswGraph::SetLinks(Row row, uint32_t layer, std::span<const Row> links) {
  if (layer == 0) {
    Row* const list = &base_[BaseStart(row)];
    std::ranges::copy(links, list);
    std::fill(list + links.size(), list + 2 * m_, kNoRow);
    return;
  }
  uint32_t* const list = Upper(row, layer);
  std::ranges::copy(links, list + 1);
  std::fill(list + 1 + links.size(), list + 1 + m_, 0);
  list[0] = static_cast<uint32_t>(links.size());
}

bool HnswGraph::AddLink(Row row, uint32_t layer, Row to) {
  if (layer == 0) {
    Row* const list = &base_[BaseStart(row)];
    const size_t count = BaseCount(list);
    if (count == 2 * m_) return false;
    list[count] = to;
    return true;
  }
  uint32_t* const list = Upper(row, layer);
  if (list[0] == m_) return false;
  list[++list[0]] = to;
  return true;
}

size_t HnswGraph::memory_bytes() const {
  return base_.memory_bytes() + (upper_offset_.size() + upper_.size()) * sizeof(uint32_t);
}

std::vector<uint32_t> HnswGraph::LayerRows() const {
  std::vector<uint32_t> counts;
  for (Row row = 0; row < row_count(); ++row) {
    if (!Has(row)) continue;
    const uint32_t level = Level(row);
    if (counts.size() <= level) counts.resize(level + 1);
    for (uint32_t layer = 0; layer <= level; ++layer) ++counts[layer];
  }
  return counts;
}

Result<void> HnswGraph::CheckShape() const {
  if (upper_offset_.empty() || upper_offset_[0] != 0 || base_.size() != size_t{row_count()} * 2 * m_) {
    return Fail(ErrorCode::kCorruption, "hnsw graph: the arrays do not belong together");
  }
  for (Row row = 0; row < row_count(); ++row) {
    if (upper_offset_[row + 1] < upper_offset_[row] || Level(row) > (Has(row) ? kLevelMax : 0)) {
      return Damaged(
          row, {"its lists above layer 0 run from ", upper_offset_[row], " to ", upper_offset_[row + 1]});
    }
  }
  if (upper_.size() != size_t{upper_offset_.back()} * (m_ + 1)) {
    return Fail(ErrorCode::kCorruption, "hnsw graph: the arrays do not belong together");
  }
  return {};
}

Result<void> HnswGraph::CheckInvariants() const {
  STRATA_RETURN_IF_ERROR(CheckShape());
  uint32_t level_max = 0;
  bool any_links = false;
  // seen[r] is the number of the last list that held r, so no list is compared with itself pair by pair.
  std::vector<uint32_t> seen(row_count(), 0);
  uint32_t list_number = 0;
  for (Row row = 0; row < row_count(); ++row) {
    if (!Has(row)) continue;
    for (uint32_t layer = 0; layer <= Level(row); ++layer) {
      ++list_number;
      const uint32_t link_count =
          layer == 0 ? static_cast<uint32_t>(Links(row, 0).size()) : Upper(row, layer)[0];
      if (link_count > LinkCountMax(layer)) {
        return Damaged(
            row, {link_count, " neighbours on layer ", layer, ", at most ", LinkCountMax(layer), " fit"});
      }
      for (const Row to : Links(row, layer)) {
        if (to >= row_count() || !Has(to) || Level(to) < layer || to == row || seen[to] == list_number) {
          return Damaged(row, {"a bad or repeated neighbour ", to, " on layer ", layer});
        }
        seen[to] = list_number;
      }
      if (link_count > 0) {
        any_links = true;
        level_max = std::max(level_max, Level(row));
      }
    }
  }
  if (entry_ == kNoRow ? any_links : (entry_ >= row_count() || !Has(entry_) || Level(entry_) < level_max)) {
    return Damaged(entry_, {"is the entry, but not on the topmost layer ", level_max});
  }
  return {};
}

Result<HnswGraph> HnswGraph::FromArrays(uint32_t m, Row entry, AlignedArray<Row> base,
                                        std::vector<uint32_t> upper_offset, std::vector<uint32_t> upper) {
  HnswGraph graph;
  graph.m_ = m;
  graph.entry_ = entry;
  graph.base_ = std::move(base);
  graph.upper_offset_ = std::move(upper_offset);
  graph.upper_ = std::move(upper);
  STRATA_RETURN_IF_ERROR(graph.CheckInvariants());
  return graph;
}

}  // namespace strata
