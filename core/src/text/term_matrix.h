#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strata/result.h"
#include "strata/text.h"
#include "text/tokenizer.h"

namespace strata {

// A sparse matrix, row after row: those of row r are entries[begins[r] .. begins[r + 1]).
struct SparseRows {
  struct Entry {
    uint32_t column;
    float value;
  };
  uint32_t column_count = 0;
  std::vector<size_t> begins = {0};
  std::vector<Entry> entries;

  size_t row_count() const { return begins.size() - 1; }
  std::span<const Entry> row(size_t r) const {
    return std::span(entries).subspan(begins[r], begins[r + 1] - begins[r]);
  }
};

// Texts as a weighted (texts, terms) matrix: the input of the decomposition.
struct TermMatrix {
  std::vector<std::string> terms;  // In the order of their bytes; column c is terms[c].
  std::vector<float>
      idf;             // ln((texts + 1) / texts that have the term): above 0 also for a term in all of them.
  SparseRows weights;  // (1 + ln tf) * idf, each row of unit length; rows without terms are left out.
};

// Collects the terms of texts and how often each text has them. Holds counts, not texts.
class TermCounter {
 public:
  // `stop_words` outlive this.
  explicit TermCounter(const StopWords* stop_words) : stop_words_(stop_words) {}

  // Counts the terms of `text`, which is UTF-8 that has been checked. O(bytes).
  void Add(std::string_view text);

  // The matrix of all texts, without the terms that `options` leave out. Empties this.
  // kFailedPrecondition if no term is left.
  Result<TermMatrix> Finish(const LsaOptions& options);

 private:
  struct Term {
    uint32_t number;              // In the order in which the terms came up.
    uint32_t document_count = 0;  // Texts that have it.
    uint32_t last_document = 0;   // The last text that has it, counted from 1.
  };

  const StopWords* stop_words_;
  std::map<std::string, Term, std::less<>> terms_;
  SparseRows counts_;  // Columns are numbers.
};

}  // namespace strata
