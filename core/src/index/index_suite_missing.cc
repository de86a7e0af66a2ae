#include "index/index_suite.h"

namespace strata {
namespace {

Failure Missing(const char* what) {
  return Fail(ErrorCode::kUnsupported,
              {"this build of the engine leaves out the collection's kind of ", what});
}

}  // namespace

bool HasIndexSuite() { return false; }

Result<std::unique_ptr<VectorIndexBuilder>> MakeSuiteIndexBuilder(const IndexBuildOptions& /*options*/,
                                                                  RowVectors* /*rows*/) {
  return Missing("index");
}

Result<std::unique_ptr<VectorIndex>> LoadSuiteIndex(const CollectionOptions& /*options*/,
                                                    uint32_t /*row_count*/, SectionReader& /*reader*/) {
  return Missing("index");
}

Result<std::unique_ptr<RowCoder>> MakeSuiteRowCoder(const IndexBuildOptions& /*options*/,
                                                    RowVectors* /*rows*/) {
  return Missing("quantization");
}

Result<std::unique_ptr<RowCodes>> LoadSuiteRowCodes(const CollectionOptions& /*options*/,
                                                    uint32_t /*row_count*/, SectionReader& /*reader*/) {
  return Missing("quantization");
}

}  // namespace strata
