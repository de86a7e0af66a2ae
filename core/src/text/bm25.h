#pragma once

#include <cmath>
#include <cstdint>

#include "text/text_source.h"

namespace strata {

struct Bm25Options {
  float k1 = 1.2f;  // How fast more of the same word stops counting.
  float b = 0.75f;  // How much long texts are held back: 0 not at all, 1 in proportion to their length.
};

// The ranking function BM25: how well a text answers to the words of a query, given how common each word is.
//
//   score = sum over the query's words of idf * frequency * (k1 + 1) / (frequency + k1 * (1 - b + b * l / L))
//
// with l the words of the text and L their mean. Robertson & Zaragoza, "The Probabilistic Relevance
// Framework: BM25 and Beyond", Foundations and Trends in Information Retrieval 3(4), 2009, section 3.4. As
// there, the words of a query are a set: one that a question repeats counts once. Their idf, ln((N - n + 0.5)
// / (n + 0.5)) for a word in n of N texts, is negative for a word in more than half of them; ours is ln(1 +
// that), which is above 0 always, so that one more word of the query never costs a text its rank.
class Bm25 {
 public:
  explicit Bm25(const TextTotals& totals, const Bm25Options& options = {})
      : documents_(static_cast<double>(totals.documents)), k1_(options.k1) {
    const double mean = totals.words == 0 ? 1 : static_cast<double>(totals.words) / documents_;
    length_least_ = options.k1 * (1 - options.b);
    length_factor_ = static_cast<float>(options.k1 * options.b / mean);
  }

  // Of a word that `document_frequency` texts have.
  float Weight(uint64_t document_frequency) const {
    const double with = static_cast<double>(document_frequency) + 0.5;
    const double idf = std::log(1 + (documents_ - static_cast<double>(document_frequency) + 0.5) / with);
    return static_cast<float>(idf * (k1_ + 1));
  }

  // What a word of `weight` adds to the score of a text of `length` words that has it `frequency` times.
  float Score(float weight, uint32_t frequency, uint32_t length) const {
    const auto f = static_cast<float>(frequency);
    return weight * f / (f + length_least_ + length_factor_ * static_cast<float>(length));
  }

 private:
  double documents_;
  double k1_;
  float length_least_;
  float length_factor_;
};

}  // namespace strata
