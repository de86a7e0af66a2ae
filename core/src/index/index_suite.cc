#include "index/index_suite.h"

#include "index/flat_index.h"
#include "index/index_kinds.h"
#include "index/kd_lsh_index.h"
#include "index/kd_lsh_index_builder.h"
#include "index/kd_tree_index.h"
#include "index/kd_tree_index_builder.h"
#include "index/lsh_builder.h"
#include "index/lsh_index.h"
#include "quant/product_codes.h"
#include "quant/rabit_codes.h"

namespace strata {
namespace {

Failure Unknown(const char* what) { return Fail(ErrorCode::kInvalidArgument, {"an unknown kind of ", what}); }

}  // namespace

bool HasIndexSuite() { return true; }

Result<std::unique_ptr<VectorIndexBuilder>> MakeSuiteIndexBuilder(const IndexBuildOptions& options,
                                                                  RowVectors* rows) {
  switch (options.collection.index) {
    case IndexType::kFlat: {
      STRATA_ASSIGN_OR_RETURN(std::unique_ptr<RowCoder> && coder, MakeRowCoder(options, rows));
      return std::make_unique<FlatIndexBuilder>(options, rows, std::move(coder));
    }
    case IndexType::kKdTree:
      return std::make_unique<KdTreeIndexBuilder>(options, rows);
    case IndexType::kKdLsh:
      return std::make_unique<KdLshIndexBuilder>(options, rows);
    case IndexType::kLsh: {
      STRATA_ASSIGN_OR_RETURN(std::unique_ptr<RowCoder> && coder, MakeRowCoder(options, rows));
      return std::make_unique<LshIndexBuilder>(options, rows, std::move(coder));
    }
    default:
      return Unknown("index");
  }
}

Result<std::unique_ptr<VectorIndex>> LoadSuiteIndex(const CollectionOptions& options, uint32_t row_count,
                                                    SectionReader& reader) {
  switch (options.index) {
    case IndexType::kFlat:
      return FlatIndex::Load(options, row_count, reader);
    case IndexType::kKdTree:
      return KdTreeIndex::Load(options, row_count, reader);
    case IndexType::kKdLsh:
      return KdLshIndex::Load(options, row_count, reader);
    case IndexType::kLsh:
      return LshIndex::Load(options, row_count, reader);
    default:
      return Unknown("index");
  }
}

Result<std::unique_ptr<RowCoder>> MakeSuiteRowCoder(const IndexBuildOptions& options, RowVectors* rows) {
  const CollectionOptions& collection = options.collection;
  switch (collection.quantization) {
    case Quantization::kPq:
      return std::make_unique<ProductCoder>(collection, options.seed, rows);
    case Quantization::kRabitq:
      return std::make_unique<RabitCoder>(collection.metric, collection.rabitq_bits, options.seed, rows);
    default:
      return Unknown("quantization");
  }
}

Result<std::unique_ptr<RowCodes>> LoadSuiteRowCodes(const CollectionOptions& options, uint32_t row_count,
                                                    SectionReader& reader) {
  switch (options.quantization) {
    case Quantization::kRabitq:
      return RabitCodes::Load(options, row_count, reader);
    case Quantization::kPq:
      return ProductCodes::Load(options, row_count, reader);
    default:
      return Unknown("quantization");
  }
}

}  // namespace strata
