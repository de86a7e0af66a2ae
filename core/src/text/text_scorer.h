#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "bytes/row_bitmap.h"
#include "strata/result.h"
#include "text/bm25.h"
#include "text/text_source.h"

namespace strata {

// What BM25 has to know of all texts that are searched, before it can score any.
struct QueryStatistics {
  TextTotals totals;
  std::vector<uint64_t> document_frequencies;  // Texts that have each term of the query.
};

// Orders as Nearest wants it: the best score is the least distance, equal ones by row.
struct ScoredRow {
  float distance = 0;  // The negated score.
  Row row = kNoRow;
  friend auto operator<=>(const ScoredRow&, const ScoredRow&) = default;
};

// One query in one source: the lists of its terms, read once, then counted, then scored.
//
// Every row that has a term is scored, a window of rows at a time and term after term inside it, as Lucene's
// BooleanScorer does. Nothing is pruned (WAND and its like): that needs bounds in the file that only hold for
// one set of statistics, and these change with every write. O(postings of the terms); memory 16 KiB besides
// the lists.
class TextScorer {
 public:
  // `source` outlives this.
  static Result<TextScorer> Open(TextSource* source, std::span<const std::string> terms);

  // Adds what live rows have to `statistics`, which has a frequency for each term. `dead`: rows that do not
  // count; null: none. Without dead rows O(terms), else it reads the lists. kCorruption.
  Result<void> Count(const RowBitmap* dead, QueryStatistics* statistics) const;

  // The at most `k` best of the rows in `allowed` (null: all) that have a term, best first. `weights` has
  // Bm25::Weight() of each term. kCorruption.
  Result<std::vector<ScoredRow>> Best(uint32_t k, const Bm25& bm25, std::span<const float> weights,
                                      const RowBitmap* allowed) const;

  uint64_t posting_count() const;  // In all lists.
  uint32_t terms_found() const;    // Terms that any row has.

 private:
  TextScorer(TextSource* source, std::vector<PostingList> lists)
      : source_(source), lists_(std::move(lists)) {}

  TextSource* source_;
  std::vector<PostingList> lists_;  // One for each term.
};

}  // namespace strata
