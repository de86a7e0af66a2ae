#include "index/index_suite.h"

#include "quant/product_codes.h"
#include "quant/rabit_codes.h"

namespace strata {
namespace {

Failure Unknown(const char* what) { return Fail(ErrorCode::kInvalidArgument, {"an unknown kind of ", what}); }

}  // namespace

bool HasIndexSuite() { return true; }

Result<std::unique_ptr<VectorIndexBuilder>> MakeSuiteIndexBuilder(const IndexBuildOptions& /*options*/,
                                                                  RowVectors* /*rows*/) {
  return Unknown("index");
}

Result<std::unique_ptr<VectorIndex>> LoadSuiteIndex(const CollectionOptions& /*options*/,
                                                    uint32_t /*row_count*/, SectionReader& /*reader*/) {
  return Unknown("index");
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
