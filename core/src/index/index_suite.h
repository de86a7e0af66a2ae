#pragma once

#include <cstdint>
#include <memory>

#include "index/vector_index.h"
#include "quant/row_codes.h"

namespace strata {

// The kinds that index_kinds.cc does not know itself; see there.
bool HasIndexSuite();
Result<std::unique_ptr<VectorIndexBuilder>> MakeSuiteIndexBuilder(const IndexBuildOptions& options,
                                                                  RowVectors* rows);
Result<std::unique_ptr<VectorIndex>> LoadSuiteIndex(const CollectionOptions& options, uint32_t row_count,
                                                    SectionReader& reader);
Result<std::unique_ptr<RowCoder>> MakeSuiteRowCoder(const IndexBuildOptions& options, RowVectors* rows);
Result<std::unique_ptr<RowCodes>> LoadSuiteRowCodes(const CollectionOptions& options, uint32_t row_count,
                                                    SectionReader& reader);

}  // namespace strata
