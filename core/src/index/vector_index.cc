#include "index/vector_index.h"

#include <string>

#include "index/candidate_pool.h"
#include "index/flat_index.h"
#include "index/hnsw_builder.h"
#include "index/hnsw_index.h"

namespace strata {

Result<std::unique_ptr<VectorIndexBuilder>> MakeIndexBuilder(const IndexBuildOptions& options,
                                                             RowVectors* rows) {
  if (rows->row_count() > CandidatePool::kRowMax) {
    return Fail(ErrorCode::kUnsupported, {"an index over ", rows->row_count(), " rows; at most ",
                                          CandidatePool::kRowMax, " are possible"});
  }
  switch (options.collection.index) {
    case IndexType::kFlat:
      return std::make_unique<FlatIndexBuilder>(options, rows);
    case IndexType::kHnsw:
      return std::make_unique<HnswIndexBuilder>(options, rows);
  }
  return Fail(ErrorCode::kInvalidArgument, "an unknown type of index");
}

Result<std::unique_ptr<VectorIndex>> LoadIndex(const CollectionOptions& options, uint32_t row_count,
                                               SectionReader& reader) {
  switch (options.index) {
    case IndexType::kFlat:
      return FlatIndex::Load(options, row_count, reader);
    case IndexType::kHnsw:
      return HnswIndex::Load(options, row_count, reader);
  }
  return Fail(ErrorCode::kInvalidArgument, "an unknown type of index");
}

}  // namespace strata
