#include "text/scanned_texts.h"

#include <algorithm>

#include "text/for_each_term.h"
#include "text/inverted_index_format.h"

namespace strata {

ScannedTexts::ScannedTexts(uint32_t row_count, std::span<const std::string> terms) : lengths_(row_count) {
  for (const std::string& term : terms) terms_.try_emplace(term);
}

void ScannedTexts::Add(Row row, std::string_view text) {
  const uint32_t length = ForEachTerm(text, [&](const std::string& term) {
    if (const auto known = terms_.find(term); known != terms_.end()) known->second.Count(row);
  });
  lengths_[row] = length;
  totals_.documents += length != 0 ? 1 : 0;
  totals_.words += length;
}

void ScannedTexts::End() {
  for (auto& [term, postings] : terms_) postings.End();
}

Result<PostingList> ScannedTexts::Find(std::string_view term) {
  const auto known = terms_.find(term);
  if (known == terms_.end()) return PostingList{};
  const PostingsWriter& postings = known->second.postings();
  return PostingList{
      .row_count = postings.row_count(), .bytes = std::as_bytes(std::span(postings.bytes())), .block = {}};
}

Result<TextLengths> ScannedTexts::Lengths(uint32_t block) {
  const size_t first = std::min(size_t{block} * kRowsPerLengthBlock, lengths_.size());
  const size_t count = std::min<size_t>(kRowsPerLengthBlock, lengths_.size() - first);
  return TextLengths{.lengths = std::span(lengths_).subspan(first, count), .block = {}};
}

}  // namespace strata
