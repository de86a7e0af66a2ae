#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "bytes/row_bitmap.h"
#include "file/block_cache.h"
#include "strata/result.h"

namespace strata {

// How much text there is. A document is a row whose text has at least one word (see tokenizer.h).
struct TextTotals {
  uint64_t documents = 0;
  uint64_t words = 0;
};

// The rows that have a word; see postings.h. The bytes live as long as the source and `block`.
struct PostingList {
  uint32_t row_count = 0;
  std::span<const std::byte> bytes;
  BlockRef block;
};

// Words of the texts of rows [first row, first row + lengths.size()); 0 for a row that is no document.
struct TextLengths {
  std::span<const uint32_t> lengths;
  BlockRef block;
};

// The texts of some rows as a search by words sees them: those of a segment through its inverted index, or
// those that were just read for want of one.
class TextSource {
 public:
  virtual ~TextSource() = default;

  virtual uint32_t row_count() const = 0;
  virtual TextTotals totals() const = 0;  // Of all rows.

  // The rows that have `term`; none is no error. kCorruption, kIoError.
  virtual Result<PostingList> Find(std::string_view term) = 0;

  // The lengths of kRowsPerLengthBlock rows from block * kRowsPerLengthBlock on, or as many as there are.
  virtual Result<TextLengths> Lengths(uint32_t block) = 0;
};

}  // namespace strata
