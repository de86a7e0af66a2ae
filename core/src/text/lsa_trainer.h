#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "strata/result.h"
#include "strata/text.h"
#include "text/randomized_svd.h"
#include "text/term_matrix.h"

namespace strata {

// LsaModel::Train() in steps of bounded length, for callers that have other things to do in between: Add()
// each text, then Step() until it returns false, then Finish().
class LsaTrainer {
 public:
  // kInvalidArgument for an option out of range.
  static Result<std::unique_ptr<LsaTrainer>> Create(LsaOptions options);
  LsaTrainer(const LsaTrainer&) = delete;
  LsaTrainer& operator=(const LsaTrainer&) = delete;

  // Counts the terms of `text`; keeps no reference to it. kInvalidArgument if it is not UTF-8. Before any
  // Step().
  Result<void> Add(std::string_view text);

  // Does one step; false when training is done. kFailedPrecondition if no word is left as a term.
  Result<bool> Step();
  double progress() const { return svd_ ? svd_->progress() : 0; }

  // The model, once. After Step() has returned false.
  Result<LsaModel> Finish();

 private:
  explicit LsaTrainer(LsaOptions options);

  LsaOptions options_;
  StopWords stop_words_;
  TermCounter counter_;  // Refers to stop_words_.
  uint64_t text_count_ = 0;
  TermMatrix matrix_;
  std::optional<RandomizedSvd> svd_;  // Refers to matrix_.
};

}  // namespace strata
