#include "index/flat_index.h"

#include <utility>

#include "index/index_file.h"
#include "index/index_kinds.h"
#include "index/row_scan.h"
#include "index/vector_source.h"

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
  STRATA_RETURN_IF_ERROR(ReadMeta(reader, MetaOf(options, row_count)));
  STRATA_ASSIGN_OR_RETURN(std::unique_ptr<RowCodes> && codes, LoadRowCodes(options, row_count, reader));
  return std::make_unique<FlatIndex>(options, row_count, std::move(codes));
}

Result<std::vector<Candidate>> FlatIndex::Search(std::span<const float> query, const WalkParams& params,
                                                 const RowBitmap* allowed, RowVectors& rows,
                                                 WalkCounters* counters) {
  if (codes_) return ScanRows(*codes_->ForQuery(query), params.count, allowed, rows, counters);
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

Codebook FlatIndex::Codes() const { return codes_ ? codes_->codebook() : Codebook{}; }

Result<void> FlatIndex::Save(SectionWriter& writer) const {
  STRATA_RETURN_IF_ERROR(WriteMeta(writer, MetaOf(options_, row_count_)));
  return codes_ ? codes_->Save(writer) : Result<void>();
}

Result<bool> FlatIndexBuilder::Step(uint64_t micros) {
  return coder_ ? coder_->Step(Deadline(options_.env, micros)) : Result<bool>(true);
}

std::unique_ptr<VectorIndex> FlatIndexBuilder::Finish() {
  return std::make_unique<FlatIndex>(options_.collection, rows_->row_count(),
                                     coder_ ? coder_->Finish() : nullptr);
}

}  // namespace strata
