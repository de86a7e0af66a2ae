#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/term_postings.h"
#include "text/text_source.h"

namespace strata {

// What an inverted index would know of a query's words, found by reading every text: for memtables, and for
// segments without an index. Scores are those that an index would give.
//
// O(bytes of text). Memory: 4 bytes a row, and the postings of the query's words.
class ScannedTexts final : public TextSource {
 public:
  ScannedTexts(uint32_t row_count, std::span<const std::string> terms);

  // The text of `row`. Rows ascend; those left out have none.
  void Add(Row row, std::string_view text);
  // After the last Add().
  void End();

  uint32_t row_count() const override { return static_cast<uint32_t>(lengths_.size()); }
  TextTotals totals() const override { return totals_; }
  Result<PostingList> Find(std::string_view term) override;
  Result<TextLengths> Lengths(uint32_t block) override;

 private:
  std::map<std::string, TermPostings, std::less<>> terms_;
  std::vector<uint32_t> lengths_;
  TextTotals totals_;
};

}  // namespace strata
