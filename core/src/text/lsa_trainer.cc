#include "text/lsa_trainer.h"

#include <cmath>
#include <utility>

#include "bytes/utf8.h"
#include "text/tokenizer.h"

namespace strata {
namespace {

Result<void> CheckOptions(const LsaOptions& options) {
  const auto fail = [](std::initializer_list<MessagePart> message) {
    return Fail(ErrorCode::kInvalidArgument, {"LSA: ", Message(message)});
  };
  if (options.dimension < 1 || options.dimension > kLsaDimensionMax) {
    return fail({"dimension is ", options.dimension, ", expected 1 to ", kLsaDimensionMax});
  }
  if (options.min_document_count < 1) return fail({"min_document_count is 0, expected at least 1"});
  if (!(options.max_document_share > 0 && options.max_document_share <= 1)) {
    return fail({"max_document_share must be above 0 and at most 1"});
  }
  if (!(std::fabs(options.singular_value_power) <= 1))
    return fail({"singular_value_power must be in [-1, 1]"});
  if (options.power_iterations > 32) {
    return fail({"power_iterations is ", options.power_iterations, ", expected at most 32"});
  }
  if (options.stop_words) {
    for (const std::string& word : *options.stop_words) {
      if (!IsUtf8(word)) return fail({"a stop word is not UTF-8"});
    }
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<LsaTrainer>> LsaTrainer::Create(LsaOptions options) {
  STRATA_RETURN_IF_ERROR(CheckOptions(options));
  return std::unique_ptr<LsaTrainer>(new LsaTrainer(std::move(options)));
}

LsaTrainer::LsaTrainer(LsaOptions options)
    : options_(std::move(options)), stop_words_(MakeStopWords(options_.stop_words)), counter_(&stop_words_) {}

Result<void> LsaTrainer::Add(std::string_view text) {
  if (!IsUtf8(text)) {
    return Fail(ErrorCode::kInvalidArgument, {"text ", text_count_, " is not UTF-8"});
  }
  counter_.Add(text);
  ++text_count_;
  return {};
}

Result<bool> LsaTrainer::Step() {
  if (!svd_) {
    STRATA_ASSIGN_OR_RETURN(matrix_, counter_.Finish(options_));
    svd_.emplace(&matrix_.weights, options_.dimension, options_.power_iterations, options_.seed);
    return true;
  }
  return svd_->Step();
}

Result<LsaModel> LsaTrainer::Finish() {
  const std::vector<float>& values = svd_->singular_values();
  const size_t dimension = values.size();
  std::vector<float> scales(dimension);
  for (size_t j = 0; j < dimension; ++j)
    scales[j] = std::pow(values[j] / values[0], options_.singular_value_power);
  std::vector<float> vectors = svd_->right_vectors();
  for (size_t i = 0; i < vectors.size(); ++i)
    vectors[i] *= matrix_.idf[i / dimension] * scales[i % dimension];
  return LsaModel::FromTerms(std::move(matrix_.terms), std::move(vectors), std::move(options_.stop_words));
}

}  // namespace strata
