#pragma once

#include <cstdint>
#include <string_view>

#include "bytes/row_bitmap.h"
#include "file/section_file.h"
#include "strata/result.h"

namespace strata {

// Builds the text index of a segment while the segment is written. Apart from its one implementation because
// there are builds without text search.
class TextIndexBuilder {
 public:
  virtual ~TextIndexBuilder() = default;

  // The text of `row`. Rows ascend; those left out have none.
  virtual void Add(Row row, std::string_view text) = 0;

  // Writes about 64 KiB of the index; true when all of its sections are written. Until then `writer` is for
  // nothing else.
  virtual Result<bool> Write(uint32_t row_count, SectionWriter& writer) = 0;
};

}  // namespace strata
