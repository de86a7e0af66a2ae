#include "text/term_matrix.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "bytes/heap_sort.h"

namespace strata {
namespace {

constexpr uint32_t kNoColumn = std::numeric_limits<uint32_t>::max();

}  // namespace

void TermCounter::Add(std::string_view text) {
  std::vector<uint32_t> found;
  std::string word;
  for (Tokenizer tokens(text, *stop_words_); tokens.Next(word);) {
    const auto [at, is_new] = terms_.try_emplace(word, Term{static_cast<uint32_t>(terms_.size())});
    Term& term = at->second;
    term.document_count += term.last_document != counts_.begins.size();
    term.last_document = static_cast<uint32_t>(counts_.begins.size());
    found.push_back(term.number);
  }
  HeapSort(found);
  for (size_t i = 0; i < found.size();) {
    const size_t first = i;
    while (i < found.size() && found[i] == found[first]) ++i;
    counts_.entries.push_back({found[first], static_cast<float>(i - first)});
  }
  counts_.begins.push_back(counts_.entries.size());
}

Result<TermMatrix> TermCounter::Finish(const LsaOptions& options) {
  const auto text_count = static_cast<float>(counts_.row_count());
  // Of a handful of texts, the share alone would leave nothing.
  const auto count_max =
      std::max(options.min_document_count, static_cast<uint32_t>(options.max_document_share * text_count));

  TermMatrix matrix;
  std::vector<uint32_t> columns(terms_.size(), kNoColumn);  // By number.
  for (const auto& [word, term] : terms_) {
    if (term.document_count < options.min_document_count || term.document_count > count_max) continue;
    columns[term.number] = static_cast<uint32_t>(matrix.terms.size());
    matrix.terms.push_back(word);
    matrix.idf.push_back(std::log((text_count + 1) / static_cast<float>(term.document_count)));
  }
  if (matrix.terms.empty()) {
    return Fail(ErrorCode::kFailedPrecondition,
                {"no word is in at least ", options.min_document_count, " and at most ", count_max, " of ",
                 counts_.row_count(), " texts: more texts are needed, or more alike"});
  }

  matrix.weights.column_count = static_cast<uint32_t>(matrix.terms.size());
  for (size_t r = 0; r < counts_.row_count(); ++r) {
    auto& entries = matrix.weights.entries;
    const size_t begin = entries.size();
    float square = 0;
    for (const auto [number, count] : counts_.row(r)) {
      const uint32_t column = columns[number];
      if (column == kNoColumn) continue;
      const float weight = (1 + std::log(count)) * matrix.idf[column];
      entries.push_back({column, weight});
      square += weight * weight;
    }
    if (!(square > 0)) {
      entries.resize(begin);
      continue;
    }
    const float scale = 1 / std::sqrt(square);
    for (auto& entry : std::span(entries).subspan(begin)) entry.value *= scale;
    matrix.weights.begins.push_back(entries.size());
  }
  *this = TermCounter(stop_words_);
  return matrix;
}

}  // namespace strata
