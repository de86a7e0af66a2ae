#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "file/section_file.h"
#include "strata/result.h"
#include "text/text_source.h"

namespace strata {

// Which rows of one segment have a word: a dictionary of terms, and a list of postings for each. Zobel &
// Moffat, "Inverted files for text search engines", ACM Computing Surveys 38(2), 2006, section 3.
//
// In memory is only which term begins each dictionary block (some 15 bytes for 300 terms); everything else
// comes through the block cache. Every number is checked before it is used. A damaged index costs speed and
// not answers: whoever meets kCorruption sets it aside and reads the texts. Thread-compatible.
class InvertedIndex final : public TextSource {
 public:
  // Reads the directory. Null if the segment has no text index. A damaged one is set aside from the start;
  // only kIoError and its like are errors. Sections are those of a segment file of `row_count` rows.
  static Result<std::shared_ptr<InvertedIndex>> Open(std::shared_ptr<SectionReader> sections,
                                                     uint32_t row_count);

  uint32_t row_count() const override { return row_count_; }
  TextTotals totals() const override { return totals_; }
  // Reads at most one block of the dictionary, and the list.
  Result<PostingList> Find(std::string_view term) override;
  Result<TextLengths> Lengths(uint32_t block) override;

  // What is wrong with it, if anything was found to be: then it is not to be used.
  const std::optional<Error>& damage() const { return damage_; }
  void SetAside(Error damage) { damage_ = std::move(damage); }

  size_t memory_bytes() const { return first_terms_.size() + first_term_ends_.size() * sizeof(uint32_t); }

 private:
  // What the dictionary says of a term.
  struct Entry {
    uint32_t row_count = 0;
    uint64_t block = 0;
    uint32_t offset = 0;
    uint64_t bytes = 0;
  };

  InvertedIndex(std::shared_ptr<SectionReader> sections, uint32_t row_count)
      : sections_(std::move(sections)), row_count_(row_count) {}

  Result<void> ReadDirectory();
  std::string_view FirstTerm(size_t block) const;
  // The only dictionary block that can hold `term`, or nothing.
  std::optional<size_t> BlockOf(std::string_view term) const;
  // The entry of `term` in a block's bytes, or nothing.
  Result<std::optional<Entry>> FindInBlock(std::string_view bytes, std::string_view term) const;
  Result<PostingList> ReadList(const Entry& entry);

  std::shared_ptr<SectionReader> sections_;
  uint32_t row_count_;
  TextTotals totals_;
  std::string first_terms_;                // One behind the other,
  std::vector<uint32_t> first_term_ends_;  // and where each ends.
  std::optional<Error> damage_;
};

}  // namespace strata
