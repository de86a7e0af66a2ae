#include "text/text_scorer.h"

#include <algorithm>
#include <utility>

#include "index/nearest.h"
#include "text/inverted_index_format.h"
#include "text/postings.h"

namespace strata {
namespace {

Failure DamagedList() { return Fail(ErrorCode::kCorruption, "text index: a list of postings is malformed"); }

}  // namespace

Result<TextScorer> TextScorer::Open(TextSource* source, std::span<const std::string> terms) {
  std::vector<PostingList> lists;
  for (const std::string& term : terms) {
    STRATA_ASSIGN_OR_RETURN(PostingList && list, source->Find(term));
    lists.push_back(std::move(list));
  }
  return TextScorer(source, std::move(lists));
}

Result<void> TextScorer::Count(const RowBitmap* dead, QueryStatistics* statistics) const {
  TextTotals totals = source_->totals();
  if (dead != nullptr) {
    Result<void> status;
    TextLengths lengths;
    uint32_t block = UINT32_MAX;  // That `lengths` is of.
    dead->ForEach([&](Row row) {
      if (!status) return;
      if (row / kRowsPerLengthBlock != block) {
        block = row / kRowsPerLengthBlock;
        auto read = source_->Lengths(block);
        if (!read) {
          status = PassedError{read.error()};
          return;
        }
        lengths = std::move(*read);
      }
      const uint32_t length = lengths.lengths[row % kRowsPerLengthBlock];
      totals.documents -= length != 0 ? 1 : 0;
      totals.words -= length;
    });
    STRATA_RETURN_IF_ERROR(std::move(status));
  }
  // Also if more was taken off than there was.
  if (totals.documents > source_->row_count() || totals.words > source_->totals().words) {
    return Fail(ErrorCode::kCorruption, "text index: its totals do not fit the lengths of its rows");
  }
  statistics->totals.documents += totals.documents;
  statistics->totals.words += totals.words;

  for (size_t term = 0; term < lists_.size(); ++term) {
    const PostingList& list = lists_[term];
    uint32_t rows = list.row_count;
    if (dead != nullptr) {
      PostingsReader reader(list.bytes, list.row_count, source_->row_count());
      for (; reader.row() != kNoRow; reader.Next()) rows -= dead->Test(reader.row()) ? 1 : 0;
      if (reader.damaged()) return DamagedList();
    }
    statistics->document_frequencies[term] += rows;
  }
  return {};
}

Result<std::vector<ScoredRow>> TextScorer::Best(uint32_t k, const Bm25& bm25, std::span<const float> weights,
                                                const RowBitmap* allowed) const {
  std::vector<PostingsReader> readers;
  for (const PostingList& list : lists_) {
    readers.emplace_back(list.bytes, list.row_count, source_->row_count());
  }
  const auto next_row = [&] {
    Row next = kNoRow;
    for (const PostingsReader& reader : readers) next = std::min(next, reader.row());
    return next;
  };

  Nearest<ScoredRow> nearest(k);
  std::vector<float> scores(kRowsPerLengthBlock);  // Of the rows of one window; 0: none of the terms.
  for (Row next = next_row(); next != kNoRow; next = next_row()) {
    const uint32_t block = next / kRowsPerLengthBlock;
    STRATA_ASSIGN_OR_RETURN(const TextLengths& lengths, source_->Lengths(block));
    const Row first = block * kRowsPerLengthBlock;
    const auto count = static_cast<Row>(lengths.lengths.size());
    std::ranges::fill(scores, 0.0f);
    for (size_t term = 0; term < readers.size(); ++term) {
      for (PostingsReader& reader = readers[term]; reader.row() - first < count; reader.Next()) {
        const Row at = reader.row() - first;
        scores[at] += bm25.Score(weights[term], reader.frequency(), lengths.lengths[at]);
      }
    }
    for (Row at = 0; at < count; ++at) {
      if (scores[at] > 0 && (allowed == nullptr || allowed->Test(first + at))) {
        nearest.Offer({.distance = -scores[at], .row = first + at});
      }
    }
  }
  if (std::ranges::any_of(readers, &PostingsReader::damaged)) return DamagedList();
  return nearest.Take();
}

uint64_t TextScorer::posting_count() const {
  uint64_t count = 0;
  for (const PostingList& list : lists_) count += list.row_count;
  return count;
}

uint32_t TextScorer::terms_found() const {
  return static_cast<uint32_t>(
      std::ranges::count_if(lists_, [](const PostingList& l) { return l.row_count != 0; }));
}

}  // namespace strata
