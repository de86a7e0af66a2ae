#pragma once

#include <cstdint>
#include <memory>

#include "index/vector_index.h"
#include "quant/row_codes.h"

namespace strata {

// Which kinds of index and of codes there are. HNSW and SQ8 are always there; the others are the suite (flat
// too: a flat collection needs no index unless it has other codes), which a program has (index_suite.cc) or
// leaves out (index_suite_missing.cc), as the WebAssembly module does that pages load first. What is left out
// is kUnsupported.

// kUnsupported if this program cannot make or read the index of such a collection.
Result<void> CheckKinds(const CollectionOptions& options);

// `rows` must outlive the builder. Rows without a vector (RowVectors::Has) are left out.
Result<std::unique_ptr<VectorIndexBuilder>> MakeIndexBuilder(const IndexBuildOptions& options,
                                                             RowVectors* rows);

// Reads back what Save() wrote. Every number is checked before it is used; kCorruption otherwise.
Result<std::unique_ptr<VectorIndex>> LoadIndex(const CollectionOptions& options, uint32_t row_count,
                                               SectionReader& reader);

// The coder or the codes of the collection's quantization; null for kNone.
Result<std::unique_ptr<RowCoder>> MakeRowCoder(const IndexBuildOptions& options, RowVectors* rows);
Result<std::unique_ptr<RowCodes>> LoadRowCodes(const CollectionOptions& options, uint32_t row_count,
                                               SectionReader& reader);

}  // namespace strata
