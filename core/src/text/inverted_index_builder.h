#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "file/section_file.h"
#include "strata/result.h"
#include "text/inverted_index_format.h"
#include "text/term_postings.h"
#include "text/text_index_builder.h"
#include "text/text_source.h"

namespace strata {

// Builds the inverted index of one segment in a single pass over its texts, postings in memory: Heinz &
// Zobel, "Efficient single-pass index construction for text databases", JASIST 54(8), 2003, without its runs
// on disk, as a segment is written in one go.
//
// Add(): O(bytes + words * log terms). Memory: one to three bytes for each word that a row has, doubled by
// growing strings, and about 150 for each distinct word.
class InvertedIndexBuilder final : public TextIndexBuilder {
 public:
  void Add(Row row, std::string_view text) override;
  Result<bool> Write(uint32_t row_count, SectionWriter& writer) override;

 private:
  // The dictionary as it will be written. Small beside the postings, which are written first.
  class Dictionary {
   public:
    void Add(std::string_view term, uint32_t row_count, uint64_t bytes, const PostingsPlace& begin);
    Result<void> Write(SectionWriter& writer) const;
    // Of the directory: for each block its first term.
    std::string EncodeFirstTerms() const;
    uint32_t block_count() const { return static_cast<uint32_t>(block_begins_.size()); }

   private:
    std::string bytes_;
    std::vector<size_t> block_begins_;
    std::vector<std::string> first_terms_;
    std::string last_term_;
  };

  Result<void> WriteLists(SectionWriter& writer);
  Result<void> WriteRest(uint32_t row_count, SectionWriter& writer);

  std::map<std::string, TermPostings, std::less<>> terms_;
  std::vector<uint32_t> lengths_;
  TextTotals totals_;

  bool lists_begun_ = false;
  PostingsPlace place_;
  Dictionary dictionary_;
};

}  // namespace strata
