#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "env/memory_env.h"
#include "file/section_file.h"
#include "support/random.h"
#include "support/result_matchers.h"
#include "text/for_each_term.h"
#include "text/inverted_index.h"
#include "text/inverted_index_builder.h"
#include "text/text_query.h"

namespace strata {

inline constexpr FileNumber kTextFile = 7;

using Texts = std::vector<std::optional<std::string>>;

// Writes a section file that holds nothing but the text index of `texts`, one for each row.
inline Result<void> WriteTextIndex(Env* env, const Texts& texts) {
  InvertedIndexBuilder builder;
  for (Row row = 0; row < texts.size(); ++row) {
    if (texts[row]) builder.Add(row, *texts[row]);
  }
  FileHeader header;
  header.kind = FileKind::kSegment;
  header.file = kTextFile;
  STRATA_ASSIGN_OR_RETURN(auto writer, SectionWriter::Create(env, header));
  for (bool written = false; !written;) {
    STRATA_ASSIGN_OR_RETURN(written, builder.Write(static_cast<uint32_t>(texts.size()), *writer));
  }
  STRATA_RETURN_IF_ERROR(writer->Finish());
  return {};
}

inline Result<std::shared_ptr<InvertedIndex>> OpenTextIndex(Env* env, size_t row_count) {
  STRATA_ASSIGN_OR_RETURN(auto sections, SectionReader::Open(env, nullptr, FileKind::kSegment, kTextFile));
  return InvertedIndex::Open(std::move(sections), static_cast<uint32_t>(row_count));
}

// Texts of made-up words, the n-th of them about n times as rare as the first; some rows without a text.
inline Texts RandomTexts(Random& random, size_t count, size_t words_max = 30) {
  Texts texts(count);
  for (auto& text : texts) {
    if (random.Below(10) == 0) continue;
    text = "";
    for (size_t n = random.Below(words_max + 1); n > 0; --n) {
      // Folding leaves a word with a digit as it is.
      *text += "w" + std::to_string(static_cast<int>(1 / (random.Unit() + 0.002))) + " ";
    }
  }
  return texts;
}

// The slow and obvious twin: the BM25 score of each text, 0 for one without any of the words. Straight from
// the formula, in double precision, over all texts there are.
inline std::vector<double> SlowBm25(const Texts& texts, std::string_view query) {
  constexpr double k1 = 1.2, b = 0.75;
  std::vector<std::map<std::string, double>> counts(texts.size());
  std::vector<double> lengths(texts.size());
  double documents = 0, words = 0;
  for (size_t i = 0; i < texts.size(); ++i) {
    if (texts[i]) lengths[i] = ForEachTerm(*texts[i], [&](const std::string& term) { ++counts[i][term]; });
    documents += lengths[i] > 0;
    words += lengths[i];
  }
  std::vector<double> scores(texts.size());
  std::set<std::string> terms;
  ForEachTerm(query, [&](const std::string& term) { terms.insert(term); });
  for (const std::string& term : terms) {
    double with = 0;
    for (const auto& count : counts) with += count.contains(term);
    const double idf = std::log(1 + (documents - with + 0.5) / (with + 0.5));
    for (size_t i = 0; i < texts.size(); ++i) {
      if (!counts[i].contains(term)) continue;
      const double f = counts[i][term];
      scores[i] += idf * f * (k1 + 1) / (f + k1 * (1 - b + b * lengths[i] / (words / documents)));
    }
  }
  return scores;
}

}  // namespace strata
