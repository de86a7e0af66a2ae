#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "env/memory_env.h"
#include "index/index_kinds.h"
#include "support/result_matchers.h"

namespace strata {

// The index file of tests that save and load one.
inline constexpr FileNumber kFile = 7;

inline void SaveTo(MemoryEnv* env, const VectorIndex& index) {
  auto writer = SectionWriter::Create(env, {.kind = FileKind::kIndex, .file = kFile});
  ASSERT_TRUE(writer.has_value());
  ASSERT_THAT(index.Save(**writer), IsOk());
  ASSERT_TRUE((*writer)->Finish().has_value());
}

inline Result<std::unique_ptr<VectorIndex>> LoadFrom(MemoryEnv* env, const CollectionOptions& options,
                                                     uint32_t row_count) {
  STRATA_ASSIGN_OR_RETURN(const auto reader, SectionReader::Open(env, nullptr, FileKind::kIndex, kFile));
  return LoadIndex(options, row_count, *reader);
}

}  // namespace strata
