#include "index/kd_tree_index.h"

#include <algorithm>
#include <utility>

#include "index/index_file.h"
#include "index/index_kinds.h"
#include "index/kd_rows.h"
#include "index/kd_sections.h"
#include "index/vector_source.h"

namespace strata {
namespace {

IndexMeta MetaOf(const CollectionOptions& options, uint32_t row_count) {
  return {.type = IndexType::kKdTree,
          .quantization = options.quantization,
          .metric = options.metric,
          .dimension = options.dimension,
          .row_count = row_count};
}

}  // namespace

KdTreeIndex::KdTreeIndex(const CollectionOptions& options, uint32_t row_count, Parts parts)
    : options_(options),
      row_count_(row_count),
      parts_(std::move(parts)),
      position_(PositionsOf(parts_.partition.tree.rows(), row_count)) {}

size_t KdTreeIndex::memory_bytes() const {
  return parts_.partition.memory_bytes() + parts_.vectors.size() * sizeof(float) +
         (parts_.codes ? parts_.codes->memory_bytes() : 0) + position_.size() * sizeof(uint32_t) +
         queue_.memory_bytes();
}

Codebook KdTreeIndex::Codes() const { return parts_.codes ? parts_.codes->codebook() : Codebook{}; }

Result<void> KdTreeIndex::Save(SectionWriter& writer) const {
  STRATA_RETURN_IF_ERROR(WriteMeta(writer, MetaOf(options_, row_count_)));
  if (parts_.codes) STRATA_RETURN_IF_ERROR(parts_.codes->Save(writer));
  STRATA_RETURN_IF_ERROR(parts_.partition.Save(writer));
  if (HoldsVectors(options_)) {
    STRATA_RETURN_IF_ERROR(WriteFloats(writer, kd_section::kVectors, parts_.vectors));
  }
  return WriteArray(writer, kd_section::kSearch, std::span(&parts_.default_probes, 1));
}

Result<std::unique_ptr<VectorIndex>> KdTreeIndex::Load(const CollectionOptions& options, uint32_t row_count,
                                                       SectionReader& reader) {
  STRATA_RETURN_IF_ERROR(ReadMeta(reader, MetaOf(options, row_count)));
  Parts parts;
  STRATA_ASSIGN_OR_RETURN(parts.partition,
                          KdPartition::Load(options.metric, options.dimension, row_count, reader));
  const auto tree_rows = static_cast<uint32_t>(parts.partition.tree.rows().size());
  if (HoldsVectors(options)) {
    STRATA_ASSIGN_OR_RETURN(
        parts.vectors, ReadFloats(reader, kd_section::kVectors, uint64_t{tree_rows} * options.dimension));
  } else {
    STRATA_ASSIGN_OR_RETURN(parts.codes, LoadRowCodes(options, tree_rows, reader));
  }
  STRATA_ASSIGN_OR_RETURN(const std::vector<uint32_t>& search, ReadArray(reader, kd_section::kSearch, 1));
  parts.default_probes = search[0];
  if (parts.default_probes == 0) {
    return Fail(ErrorCode::kCorruption, {"index file ", reader.header().file, ": a search of no cells"});
  }
  return std::make_unique<KdTreeIndex>(options, row_count, std::move(parts));
}

}  // namespace strata
