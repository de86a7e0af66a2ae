#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strata/collection.h"
#include "strata/result.h"

namespace strata {

class StopWords;

inline constexpr uint32_t kLsaDimensionMax = 512;

// How an LsaModel is trained.
struct LsaOptions {
  uint32_t dimension = 160;  // At most; smaller when the texts have less rank. 1..kLsaDimensionMax.
  uint32_t min_document_count =
      2;  // A word in fewer texts is no term: it could link a text to none but itself.
  float max_document_share = 0.5f;  // A word in a larger share of the texts is no term either. In (0, 1].
  // Components of term vectors are multiplied by (singular value / largest one)^power. 0 keeps what the
  // projection of the texts has; positive values give broad topics more of a say, negative ones narrow
  // topics. -1..1.
  float singular_value_power = 0.25f;
  uint32_t power_iterations = 4;  // 0..32. More: closer to the exact decomposition.
  uint64_t seed = 1;
  // Words that are no terms, in place of the built-in English list. They are compared lower-cased and as
  // written.
  std::optional<std::vector<std::string>> stop_words;
};

// Words of one text that could be terms: repeats count, stop words do not.
struct WordCounts {
  uint64_t words = 0;
  uint64_t unknown = 0;  // Those that the model has no vector for.
};

// Turns text into vectors so that texts on one subject are near each other, also when they share few words:
// latent semantic analysis, learned from the user's own texts, with nothing to download.
//
// Training counts the terms of every text (see text/tokenizer.h for what a term is), weighs them by
// (1 + ln tf) * idf with idf = ln((n + 1) / df), scales each text to unit length, and keeps the right
// singular vectors of that (texts x terms) matrix with the largest singular values. A text's vector is the
// sum over its distinct terms of (1 + ln tf) * (the term's vector, which holds idf already), scaled to unit
// length; compare with cosine. Texts unseen in training are folded in the same way.
//
// Deerwester, Dumais, Furnas, Landauer & Harshman, "Indexing by Latent Semantic Analysis", JASIS 41(6), 1990.
// The decomposition is randomized: see text/randomized_svd.h.
//
// A model is a table of terms and vectors and nothing else: FromTerms() of terms() and vectors() embeds
// alike. The same texts, options and build give the same bits. Immutable, so safe from many threads.
class LsaModel {
 public:
  // Learns from `texts` (UTF-8). kInvalidArgument for an option out of range or a text that is not UTF-8;
  // kFailedPrecondition if no word is left as a term (too few texts, or too unlike); kAborted if `progress`
  // says so. O(power_iterations * (nonzeros + terms * dimension) * dimension) time, O(nonzeros + terms *
  // dimension) memory. text/lsa_trainer.h does the same in bounded steps.
  static Result<LsaModel> Train(std::span<const std::string_view> texts, const LsaOptions& options,
                                const Progress& progress = {});

  // The model with these terms, in the order of their bytes, and their vectors (terms.size(), dimension)
  // row-major. kInvalidArgument for no terms, another order, a term twice or empty, a wrong count of numbers,
  // or one that is not finite.
  static Result<LsaModel> FromTerms(std::vector<std::string> terms, std::vector<float> vectors,
                                    std::optional<std::vector<std::string>> stop_words = {});

  // The vector of `text` (UTF-8): dimension() numbers, of unit length. kInvalidArgument if it is not UTF-8;
  // kNotFound if it has no known word. There is no vector that would be honest then: zero has no direction,
  // and any other would be near something by accident.
  Result<std::vector<float>> Embed(std::string_view text) const;

  // Embed() into `out` (dimension() numbers), for many texts; all zero if no word is known. A growing share
  // of unknown words is the sign that the model should be trained anew.
  Result<WordCounts> EmbedInto(std::string_view text, std::span<float> out) const;

  uint32_t dimension() const { return dimension_; }
  const std::vector<std::string>& terms() const { return terms_; }  // In the order of their bytes.
  std::span<const float> vectors() const { return vectors_; }  // (terms().size(), dimension()) row-major.
  const std::optional<std::vector<std::string>>& stop_words() const { return stop_words_; }

  // Names the model, for example "lsa-160-9f3c2a61b07d44e5": equal for equal terms, vectors and stop words,
  // so that vectors of one model are never compared with those of another by mistake.
  const std::string& id() const { return id_; }

 private:
  LsaModel() = default;

  uint32_t dimension_ = 0;
  std::vector<std::string> terms_;
  std::vector<float> vectors_;
  std::optional<std::vector<std::string>> stop_words_;
  std::shared_ptr<const StopWords> stop_list_;  // What Tokenizer takes.
  std::string id_;
};

}  // namespace strata
