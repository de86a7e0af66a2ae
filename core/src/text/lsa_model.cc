#include <algorithm>
#include <cmath>
#include <utility>

#include "bytes/checksum.h"
#include "bytes/heap_sort.h"
#include "bytes/utf8.h"
#include "strata/text.h"
#include "text/lsa_trainer.h"
#include "text/tokenizer.h"

namespace strata {
namespace {

template <typename Words>
uint64_t ChecksumOf(const Words& words, uint64_t seed) {
  for (const std::string& word : words) seed = Checksum(std::as_bytes(std::span(word)), seed);
  return Checksum(
      {}, seed);  // So that a word at the end of one list is not the same as at the front of the next.
}

std::string Hex(uint64_t number) {
  std::string digits(16, '0');
  for (size_t i = 16; i-- > 0; number >>= 4) digits[i] = "0123456789abcdef"[number & 15];
  return digits;
}

}  // namespace

Result<LsaModel> LsaModel::Train(std::span<const std::string_view> texts, const LsaOptions& options,
                                 const Progress& progress) {
  STRATA_ASSIGN_OR_RETURN(const auto& trainer, LsaTrainer::Create(options));
  for (const std::string_view text : texts) STRATA_RETURN_IF_ERROR(trainer->Add(text));
  for (;;) {
    if (progress && !progress(trainer->progress())) return Fail(ErrorCode::kAborted, "training was stopped");
    STRATA_ASSIGN_OR_RETURN(const bool more, trainer->Step());
    if (!more) return trainer->Finish();
  }
}

Result<LsaModel> LsaModel::FromTerms(std::vector<std::string> terms, std::vector<float> vectors,
                                     std::optional<std::vector<std::string>> stop_words) {
  const auto fail = [](std::initializer_list<MessagePart> message) {
    return Fail(ErrorCode::kInvalidArgument, {"LSA model: ", Message(message)});
  };
  const size_t dimension = terms.empty() ? 0 : vectors.size() / terms.size();
  if (dimension < 1 || dimension > kLsaDimensionMax || vectors.size() != dimension * terms.size()) {
    return fail({"found ", terms.size(), " terms and ", vectors.size(), " numbers, expected 1 to ",
                 kLsaDimensionMax, " numbers for each term"});
  }
  if (!std::ranges::all_of(vectors, [](float x) { return std::isfinite(x); })) {
    return fail({"a vector holds a number that is not finite"});
  }

  if (terms.front().empty()) return fail({"a term is empty"});
  for (size_t i = 1; i < terms.size(); ++i) {
    if (terms[i - 1] >= terms[i]) return fail({"the term '", terms[i], "' is twice there or out of order"});
  }

  LsaModel model;
  model.dimension_ = static_cast<uint32_t>(dimension);
  model.terms_ = std::move(terms);
  model.vectors_ = std::move(vectors);
  model.stop_words_ = std::move(stop_words);
  if (model.stop_words_ && !std::ranges::all_of(*model.stop_words_, IsUtf8))
    return fail({"a stop word is not UTF-8"});
  model.stop_list_ = std::make_shared<const StopWords>(MakeStopWords(model.stop_words_));

  // The version is part of every id: other terms of the same text make other vectors.
  uint64_t sum = ChecksumOf(model.stop_list_->words(), kTokenizerVersion);
  sum = ChecksumOf(model.terms_, sum);
  sum = Checksum(std::as_bytes(std::span(model.vectors_)), sum);
  model.id_ = "lsa-" + std::to_string(dimension) + "-" + Hex(sum);
  return model;
}

Result<WordCounts> LsaModel::EmbedInto(std::string_view text, std::span<float> out) const {
  if (!IsUtf8(text)) return Fail(ErrorCode::kInvalidArgument, "the text to embed is not UTF-8");
  WordCounts counts;
  std::vector<uint32_t> found;  // Rows of known terms, as often as the text has them.
  std::string term;
  for (Tokenizer tokens(text, *stop_list_); tokens.Next(term); ++counts.words) {
    const auto at = std::ranges::lower_bound(terms_, term);
    if (at != terms_.end() && *at == term) {
      found.push_back(static_cast<uint32_t>(at - terms_.begin()));
    } else {
      ++counts.unknown;
    }
  }
  HeapSort(found);
  std::ranges::fill(out, 0.0f);
  for (size_t i = 0; i < found.size();) {
    const size_t row = found[i];
    const size_t first = i;
    while (i < found.size() && found[i] == row) ++i;
    const float weight = 1 + std::log(static_cast<float>(i - first));
    for (size_t j = 0; j < dimension_; ++j) out[j] += weight * vectors_[row * dimension_ + j];
  }
  double square = 0;
  for (const float x : out) square += double{x} * x;
  if (square > 0) {
    const double scale = 1 / std::sqrt(square);
    for (float& x : out) x = static_cast<float>(x * scale);
  }
  return counts;
}

Result<std::vector<float>> LsaModel::Embed(std::string_view text) const {
  std::vector<float> vector(dimension_);
  STRATA_ASSIGN_OR_RETURN(const WordCounts& counts, EmbedInto(text, vector));
  if (counts.unknown == counts.words) {
    return Fail(ErrorCode::kNotFound,
                {"none of the text's ", counts.words, " words is known to model ", id_});
  }
  return vector;
}

}  // namespace strata
