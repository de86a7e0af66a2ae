#pragma once

#include <cstdint>
#include <memory>

#include "index/vector_index.h"
#include "quant/row_codes.h"

namespace strata {

// Whether this program is the whole engine. The WebAssembly module that pages load first is not: besides
// these kinds of index and codes, and text search, it leaves out what looks inside (inspection,
// Collection::Explain(), Database::Verify()), and link-time optimization drops all code behind this function.
// JavaScript loads the other one when asked.
bool HasIndexSuite();

// kUnsupported: what was asked for is left out.
Failure NotInThisBuild();

// The kinds that index_kinds.cc does not know itself; see there.
Result<std::unique_ptr<VectorIndexBuilder>> MakeSuiteIndexBuilder(const IndexBuildOptions& options,
                                                                  RowVectors* rows);
Result<std::unique_ptr<VectorIndex>> LoadSuiteIndex(const CollectionOptions& options, uint32_t row_count,
                                                    SectionReader& reader);
Result<std::unique_ptr<RowCoder>> MakeSuiteRowCoder(const IndexBuildOptions& options, RowVectors* rows);
Result<std::unique_ptr<RowCodes>> LoadSuiteRowCodes(const CollectionOptions& options, uint32_t row_count,
                                                    SectionReader& reader);

}  // namespace strata
