#include "index/index_kinds.h"

#include "index/candidate_pool.h"
#include "index/hnsw_builder.h"
#include "index/hnsw_index.h"
#include "index/index_suite.h"
#include "quant/scalar_codes.h"

namespace strata {

Failure NotInThisBuild() { return Fail(ErrorCode::kUnsupported, "this build of the engine leaves that out"); }

Result<void> CheckKinds(const CollectionOptions& options) {
  if (HasIndexSuite() || (options.index <= IndexType::kHnsw && options.quantization <= Quantization::kSq8)) {
    return {};
  }
  return NotInThisBuild();
}

Result<std::unique_ptr<VectorIndexBuilder>> MakeIndexBuilder(const IndexBuildOptions& options,
                                                             RowVectors* rows) {
  if (rows->row_count() > CandidatePool::kRowMax) {
    return Fail(ErrorCode::kUnsupported, {"an index over ", rows->row_count(), " rows; at most ",
                                          CandidatePool::kRowMax, " are possible"});
  }
  if (options.collection.index == IndexType::kHnsw) return std::make_unique<HnswIndexBuilder>(options, rows);
  return MakeSuiteIndexBuilder(options, rows);
}

Result<std::unique_ptr<VectorIndex>> LoadIndex(const CollectionOptions& options, uint32_t row_count,
                                               SectionReader& reader) {
  if (options.index == IndexType::kHnsw) return HnswIndex::Load(options, row_count, reader);
  return LoadSuiteIndex(options, row_count, reader);
}

Result<std::unique_ptr<RowCoder>> MakeRowCoder(const IndexBuildOptions& options, RowVectors* rows) {
  switch (options.collection.quantization) {
    case Quantization::kNone:
      return nullptr;
    case Quantization::kSq8:
      return std::make_unique<ScalarCoder>(options.collection.metric, rows);
    default:
      return MakeSuiteRowCoder(options, rows);
  }
}

Result<std::unique_ptr<RowCodes>> LoadRowCodes(const CollectionOptions& options, uint32_t row_count,
                                               SectionReader& reader) {
  switch (options.quantization) {
    case Quantization::kNone:
      return nullptr;
    case Quantization::kSq8:
      return ScalarCodes::Load(options.metric, options.dimension, row_count, reader);
    default:
      return LoadSuiteRowCodes(options, row_count, reader);
  }
}

}  // namespace strata
