#include "index/index_suite.h"

namespace strata {

bool HasIndexSuite() { return false; }

Result<std::unique_ptr<VectorIndexBuilder>> MakeSuiteIndexBuilder(const IndexBuildOptions& /*options*/,
                                                                  RowVectors* /*rows*/) {
  return NotInThisBuild();
}

Result<std::unique_ptr<VectorIndex>> LoadSuiteIndex(const CollectionOptions& /*options*/,
                                                    uint32_t /*row_count*/, SectionReader& /*reader*/) {
  return NotInThisBuild();
}

Result<std::unique_ptr<RowCoder>> MakeSuiteRowCoder(const IndexBuildOptions& /*options*/,
                                                    RowVectors* /*rows*/) {
  return NotInThisBuild();
}

Result<std::unique_ptr<RowCodes>> LoadSuiteRowCodes(const CollectionOptions& /*options*/,
                                                    uint32_t /*row_count*/, SectionReader& /*reader*/) {
  return NotInThisBuild();
}

}  // namespace strata
