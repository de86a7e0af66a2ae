#include "index/kd_lsh_index.h"

#include <algorithm>
#include <string>
#include <utility>

#include "index/index_file.h"
#include "index/index_kinds.h"
#include "index/kd_rows.h"
#include "index/kd_sections.h"

namespace strata {
namespace {

IndexMeta MetaOf(const CollectionOptions& options, uint32_t row_count) {
  return {.type = IndexType::kKdLsh,
          .quantization = options.quantization,
          .metric = options.metric,
          .dimension = options.dimension,
          .row_count = row_count};
}

}  // namespace

KdLshIndex::KdLshIndex(const CollectionOptions& options, uint32_t row_count, Parts parts)
    : options_(options),
      row_count_(row_count),
      parts_(std::move(parts)),
      position_(PositionsOf(parts_.partition.tree.rows(), row_count)) {}

size_t KdLshIndex::memory_bytes() const {
  return parts_.partition.memory_bytes() + parts_.cells.memory_bytes() +
         (parts_.codes ? parts_.codes->memory_bytes() : 0) + position_.size() * sizeof(uint32_t) +
         queue_.memory_bytes();
}

Codebook KdLshIndex::Codes() const { return parts_.codes ? parts_.codes->codebook() : Codebook{}; }

Result<void> KdLshIndex::Save(SectionWriter& writer) const {
  STRATA_RETURN_IF_ERROR(WriteMeta(writer, MetaOf(options_, row_count_)));
  if (parts_.codes) STRATA_RETURN_IF_ERROR(parts_.codes->Save(writer));
  STRATA_RETURN_IF_ERROR(parts_.partition.Save(writer));
  STRATA_RETURN_IF_ERROR(parts_.cells.Save(writer));
  const uint32_t search[] = {parts_.plan.probes, parts_.plan.cells};
  return WriteArray(writer, kd_section::kSearch, search);
}

Result<std::unique_ptr<VectorIndex>> KdLshIndex::Load(const CollectionOptions& options, uint32_t row_count,
                                                      SectionReader& reader) {
  STRATA_RETURN_IF_ERROR(ReadMeta(reader, MetaOf(options, row_count)));
  Parts parts;
  STRATA_ASSIGN_OR_RETURN(parts.partition,
                          KdPartition::Load(options.metric, options.dimension, row_count, reader));
  const auto& tree = parts.partition.tree;
  STRATA_ASSIGN_OR_RETURN(parts.cells, KdLshCells::Load(tree, reader));
  STRATA_ASSIGN_OR_RETURN(parts.codes,
                          LoadRowCodes(options, static_cast<uint32_t>(tree.rows().size()), reader));
  STRATA_ASSIGN_OR_RETURN(const std::vector<uint32_t>& search, ReadArray(reader, kd_section::kSearch, 2));
  parts.plan = {.probes = search[0], .cells = search[1]};
  if (parts.plan.probes == 0 || parts.plan.cells == 0) {
    return Fail(ErrorCode::kCorruption, {"index file ", reader.header().file, ": a search of no buckets"});
  }
  return std::make_unique<KdLshIndex>(options, row_count, std::move(parts));
}

LshView KdLshIndex::Lsh() const {
  const auto& tree = parts_.partition.tree;
  const uint32_t functions = parts_.cells.function_count();
  LshView view;
  view.kind = "p-stable";
  view.tables = tree.cell_count();
  view.hashes = functions;
  view.dimension = functions;
  view.hyperplanes.assign(parts_.cells.directions().begin(), parts_.cells.directions().end());
  view.table_buckets.push_back(0);
  for (const KdNode& node : tree.nodes()) {
    if (!node.is_cell()) continue;
    // The rows of a cell in order of their keys, and with that bucket by bucket.
    std::vector<std::pair<std::string, Row>> keyed;
    for (uint32_t i = 0; i < node.count; ++i) {
      std::string key;
      for (uint32_t j = 0; j < functions; ++j) {
        key.push_back(static_cast<char>(parts_.cells.Slot(node.axis, i, j)));
      }
      keyed.emplace_back(std::move(key), tree.rows(node)[i]);
    }
    std::ranges::sort(keyed);
    for (size_t i = 0; i < keyed.size(); ++i) {
      if (i == 0 || keyed[i].first != keyed[i - 1].first) {
        uint32_t first_slots = 0;
        for (size_t j = 0; j < std::min<size_t>(functions, 8); ++j) {
          first_slots = first_slots << 4 | static_cast<uint32_t>(keyed[i].first[j]);
        }
        view.keys.push_back(first_slots);
        view.bucket_rows.push_back(static_cast<uint32_t>(view.rows.size()));
      }
      view.rows.push_back(keyed[i].second);
    }
    view.table_buckets.push_back(static_cast<uint32_t>(view.keys.size()));
  }
  view.bucket_rows.push_back(static_cast<uint32_t>(view.rows.size()));
  return view;
}

}  // namespace strata
