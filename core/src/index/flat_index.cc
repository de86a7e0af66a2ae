#include "index/flat_index.h"

#include <utility>

#include "index/distance_source.h"
#include "index/index_file.h"
#include "index/row_scan.h"

namespace strata {
namespace {

IndexMeta MetaOf(const CollectionOptions& options, uint32_t row_count) {
  return {.type = IndexType::kFlat,
          .quantization = options.quantization,
          .metric = options.metric,
          .dimension = options.dimension,
          .row_count = row_count};
}

}  // namespace

Result<std::unique_ptr<VectorIndex>> FlatIndex::Load(const CollectionOptions& options, uint32_t row_count,
                                                     SectionReader& reader) {
  STRATA_ASSIGN_OR_RETURN(const IndexMeta& meta, ReadMeta(reader, MetaOf(options, row_count)));
  std::optional<CodedRows> coded;
  if (options.quantization == Quantization::kSq8) {
    STRATA_ASSIGN_OR_RETURN(coded, ReadCodedRows(reader, meta));
  }
  return std::make_unique<FlatIndex>(options, row_count, std::move(coded));
}

Result<std::vector<Candidate>> FlatIndex::Search(std::span<const float> query, const WalkParams& params,
                                                 const RowBitmap* allowed, RowVectors& rows,
                                                 WalkCounters* counters) {
  if (coded_) {
    CodeSource source(coded_->quantizer, coded_->codes);
    source.SetQuery(query);
    return ScanRows(source, params.count, allowed, rows, counters);
  }
  VectorSource source(options_.metric, query, rows);
  return ScanRows(source, params.count, allowed, rows, counters);
}

// A scan has no steps worth showing: only what it kept.
Result<std::vector<Candidate>> FlatIndex::Trace(std::span<const float> query, const WalkParams& params,
                                                const RowBitmap* allowed, RowVectors& rows,
                                                std::vector<TraceEvent>* events) {
  WalkCounters counters;
  STRATA_ASSIGN_OR_RETURN(std::vector<Candidate> && found, Search(query, params, allowed, rows, &counters));
  for (const Candidate& candidate : found) {
    events->push_back({.kind = TraceEvent::Kind::kKeep,
                       .from = candidate.row,
                       .to = candidate.row,
                       .distance = candidate.distance,
                       .bound = found.back().distance});
  }
  return found;
}

Codebook FlatIndex::Codes() const { return coded_ ? coded_->codebook() : Codebook{}; }

Result<void> FlatIndex::Save(SectionWriter& writer) const {
  STRATA_RETURN_IF_ERROR(WriteMeta(writer, MetaOf(options_, row_count_)));
  return coded_ ? WriteCodedRows(writer, *coded_) : Result<void>();
}

FlatIndexBuilder::FlatIndexBuilder(const IndexBuildOptions& options, RowVectors* rows)
    : options_(options), rows_(rows) {
  if (options.collection.quantization == Quantization::kSq8) coder_.emplace(options.collection.metric, rows);
}

Result<bool> FlatIndexBuilder::Step(uint64_t micros) {
  return coder_ ? coder_->Step(Deadline(options_.env, micros)) : Result<bool>(true);
}

std::unique_ptr<VectorIndex> FlatIndexBuilder::Finish() {
  std::optional<CodedRows> coded;
  if (coder_) coded = std::move(coder_->coded());
  return std::make_unique<FlatIndex>(options_.collection, rows_->row_count(), std::move(coded));
}

}  // namespace strata
