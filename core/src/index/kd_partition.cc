#include "index/kd_partition.h"

#include <bit>
#include <cmath>
#include <utility>

#include "bytes/append.h"
#include "index/kd_sections.h"
#include "quant/code_sections.h"

namespace strata {
namespace {

constexpr size_t kPartWords = 6;
constexpr size_t kNodeWords = 5;
// More axes than any build takes; it bounds what is allocated by a number from a file.
constexpr uint32_t kAxisCountMax = 256;

}  // namespace

void KdPartition::Prepare(std::span<const float> vector, KdQuery* query) const {
  query->place.resize(projection.place_stride());
  query->low.resize(projection.stride());
  query->high.resize(projection.stride());
  query->reach = space.PlaceQuery(vector, query->place.data());
  projection.Interval(query->place.data(), query->low.data(), query->high.data());
  query->stretch = projection.stretch();
}

KdTreeView KdPartition::View() const {
  KdTreeView view;
  view.axis_count = projection.axis_count();
  view.dimension = projection.dimension();
  view.mean.assign(projection.mean().begin(), projection.mean().end());
  view.axes = projection.Axes();
  view.rows.assign(tree.rows().begin(), tree.rows().end());
  for (uint32_t number = 0; number < tree.nodes().size(); ++number) {
    const KdNode& node = tree.nodes()[number];
    view.nodes.push_back({.left = node.is_cell() ? -1 : static_cast<int32_t>(number + 1),
                          .right = node.is_cell() ? -1 : static_cast<int32_t>(node.right),
                          .axis = node.is_cell() ? 0 : node.axis,
                          .value = node.value,
                          .first = node.first,
                          .count = node.count});
  }
  return view;
}

Result<void> KdPartition::Save(SectionWriter& writer) const {
  const uint32_t parts[kPartWords] = {
      std::bit_cast<uint32_t>(space.scale()),           std::bit_cast<uint32_t>(space.radius()),
      std::bit_cast<uint32_t>(projection.row_radius()), projection.axis_count(),
      static_cast<uint32_t>(tree.nodes().size()),       static_cast<uint32_t>(tree.rows().size())};
  STRATA_RETURN_IF_ERROR(WriteArray(writer, kd_section::kParts, parts));
  std::vector<float> axes(projection.mean().begin(), projection.mean().end());
  AppendAll(projection.Axes(), &axes);
  STRATA_RETURN_IF_ERROR(WriteFloats(writer, kd_section::kAxes, axes));
  std::vector<uint32_t> nodes;
  for (const KdNode& node : tree.nodes()) {
    for (const uint32_t word :
         {node.right, node.axis, std::bit_cast<uint32_t>(node.value), node.first, node.count}) {
      nodes.push_back(word);
    }
  }
  STRATA_RETURN_IF_ERROR(WriteArray(writer, kd_section::kNodes, nodes));
  STRATA_RETURN_IF_ERROR(WriteFloats(writer, kd_section::kBoxes, tree.boxes()));
  return WriteArray(writer, kd_section::kRows, tree.rows());
}

Result<KdPartition> KdPartition::Load(Metric metric, uint32_t dimension, uint32_t row_count,
                                      SectionReader& reader) {
  STRATA_ASSIGN_OR_RETURN(const std::vector<uint32_t>& parts,
                          ReadArray(reader, kd_section::kParts, kPartWords));
  const auto scale = std::bit_cast<float>(parts[0]);
  const auto radius = std::bit_cast<float>(parts[1]);
  const auto row_radius = std::bit_cast<float>(parts[2]);
  const uint32_t axis_count = parts[3], node_count = parts[4], tree_rows = parts[5];
  KdPartition partition;
  partition.space = KdSpace(metric, dimension, scale, radius);
  const uint64_t place_dimension = partition.space.place_dimension();
  if (!std::isnormal(scale) || scale < 0 || !std::isfinite(radius) || radius < 0 ||
      !std::isfinite(row_radius) || row_radius < 0 || axis_count == 0 || axis_count > kAxisCountMax ||
      axis_count > place_dimension || tree_rows > row_count || node_count > 2 * uint64_t{row_count}) {
    return Fail(ErrorCode::kCorruption,
                {"index file ", reader.header().file, ": section ", kd_section::kParts, " is impossible"});
  }
  STRATA_ASSIGN_OR_RETURN(
      std::vector<float> && axes,
      ReadFloats(reader, kd_section::kAxes, (uint64_t{axis_count} + 1) * place_dimension));
  std::vector<float> mean(axes.begin(), axes.begin() + static_cast<ptrdiff_t>(place_dimension));
  axes.erase(axes.begin(), axes.begin() + static_cast<ptrdiff_t>(place_dimension));
  partition.projection = KdProjection(std::move(mean), std::move(axes), row_radius);
  const uint32_t stride = partition.projection.stride();

  STRATA_ASSIGN_OR_RETURN(const std::vector<uint32_t>& words,
                          ReadArray(reader, kd_section::kNodes, uint64_t{node_count} * kNodeWords));
  std::vector<KdNode> nodes(node_count);
  for (size_t i = 0; i < nodes.size(); ++i) {
    const uint32_t* const node = &words[i * kNodeWords];
    nodes[i] = {.right = node[0],
                .axis = node[1],
                .value = std::bit_cast<float>(node[2]),
                .first = node[3],
                .count = node[4]};
  }
  STRATA_ASSIGN_OR_RETURN(std::vector<float> && boxes,
                          ReadFloats(reader, kd_section::kBoxes, uint64_t{node_count} * 2 * stride));
  STRATA_ASSIGN_OR_RETURN(std::vector<uint32_t> && rows, ReadArray(reader, kd_section::kRows, tree_rows));
  partition.tree = KdTree(axis_count, stride, std::move(nodes), std::move(boxes), std::move(rows));
  STRATA_RETURN_IF_ERROR(partition.tree.CheckInvariants(row_count));
  return partition;
}

}  // namespace strata
