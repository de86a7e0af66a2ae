#include "text/text_session.h"

#include <array>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "batch_decoder.h"

namespace strata {
namespace {

using GivenStopWords = std::optional<std::vector<std::string>>;

Result<GivenStopWords> DecodeStopWords(std::span<const std::byte> bytes) {
  if (bytes.empty()) return std::nullopt;
  return DecodeTexts(bytes.subspan(1));
}

// Floats hold all integers up to 2^24.
Result<uint32_t> CheckedCount(float number, const char* name) {
  if (number >= 0 && number <= 0x1p24f) return static_cast<uint32_t>(number);
  return Fail(ErrorCode::kInvalidArgument, {"LSA: ", name, " is not in 0 to 2^24"});
}

void WriteModel(JsonWriter& json, const LsaModel& model) {
  json.Key("id");
  json.String(model.id());
  json.Key("dimension");
  json.Unsigned(model.dimension());
}

}  // namespace

int TextSession::Run(uint32_t call, uint32_t float_count, uint32_t head_bytes, uint32_t body_bytes) {
  return frame_.Answer(
      [&](Reply& reply) { return Dispatch(call, float_count, head_bytes, body_bytes, reply); });
}

Result<void> TextSession::Dispatch(uint32_t call, uint32_t float_count, uint32_t head_bytes,
                                   uint32_t body_bytes, Reply& reply) {
  STRATA_ASSIGN_OR_RETURN(const auto& floats, frame_.arguments.TakeFloats(float_count));
  STRATA_ASSIGN_OR_RETURN(const auto& head, frame_.arguments.TakeBytes(head_bytes));
  STRATA_ASSIGN_OR_RETURN(const auto& body, frame_.arguments.TakeBytes(body_bytes));
  switch (call) {
    case kBegin:
      return Begin(floats, head);
    case kAdd: {
      STRATA_ASSIGN_OR_RETURN(LsaTrainer* const trainer, Trainer());
      STRATA_ASSIGN_OR_RETURN(const auto& texts, DecodeTexts(body));
      for (const std::string& text : texts) STRATA_RETURN_IF_ERROR(trainer->Add(text));
      return {};
    }
    case kStep:
      return Step(reply);
    case kFinish:
      return Finish(reply);
    case kLoad: {
      STRATA_ASSIGN_OR_RETURN(auto&& stop_words, DecodeStopWords(head));
      STRATA_ASSIGN_OR_RETURN(auto&& terms, DecodeTexts(body));
      STRATA_ASSIGN_OR_RETURN(model_, LsaModel::FromTerms(std::move(terms), {floats.begin(), floats.end()},
                                                          std::move(stop_words)));
      reply.json.BeginObject();
      WriteModel(reply.json, *model_);
      reply.json.EndObject();
      return {};
    }
    case kEmbed:
      return Embed(body, reply);
    default:
      return Fail(ErrorCode::kInvalidArgument, {"text: there is no call ", call});
  }
}

Result<void> TextSession::Begin(std::span<const float> numbers, std::span<const std::byte> stop_words) {
  if (numbers.size() != 6) return Fail(ErrorCode::kInvalidArgument, "LSA: expected 6 numbers as options");
  LsaOptions options;
  STRATA_ASSIGN_OR_RETURN(options.dimension, CheckedCount(numbers[0], "dimension"));
  STRATA_ASSIGN_OR_RETURN(options.min_document_count, CheckedCount(numbers[1], "min_document_count"));
  options.max_document_share = numbers[2];
  options.singular_value_power = numbers[3];
  STRATA_ASSIGN_OR_RETURN(options.power_iterations, CheckedCount(numbers[4], "power_iterations"));
  STRATA_ASSIGN_OR_RETURN(options.seed, CheckedCount(numbers[5], "seed"));
  STRATA_ASSIGN_OR_RETURN(options.stop_words, DecodeStopWords(stop_words));
  STRATA_ASSIGN_OR_RETURN(trainer_, LsaTrainer::Create(std::move(options)));
  return {};
}

Result<LsaTrainer*> TextSession::Trainer() const {
  if (trainer_) return trainer_.get();
  return Fail(ErrorCode::kFailedPrecondition, "LSA: no training has begun");
}

Result<void> TextSession::Step(Reply& reply) {
  STRATA_ASSIGN_OR_RETURN(LsaTrainer* const trainer, Trainer());
  STRATA_ASSIGN_OR_RETURN(const bool more, trainer->Step());
  reply.json.Bool(more);
  reply.AddBlock(std::array{trainer->progress()});
  return {};
}

Result<void> TextSession::Finish(Reply& reply) {
  STRATA_ASSIGN_OR_RETURN(LsaTrainer* const trainer, Trainer());
  STRATA_ASSIGN_OR_RETURN(model_, trainer->Finish());
  trainer_.reset();
  reply.json.BeginObject();
  WriteModel(reply.json, *model_);
  reply.json.Key("terms");
  reply.json.BeginArray();
  for (const std::string& term : model_->terms()) reply.json.String(term);
  reply.json.EndArray();
  reply.json.EndObject();
  reply.AddBlock(model_->vectors());
  return {};
}

Result<void> TextSession::Embed(std::span<const std::byte> bytes, Reply& reply) const {
  if (!model_) return Fail(ErrorCode::kFailedPrecondition, "LSA: there is no model");
  STRATA_ASSIGN_OR_RETURN(const auto& texts, DecodeTexts(bytes));
  const size_t d = model_->dimension();
  std::vector<float> vectors(texts.size() * d);
  std::vector<uint32_t> words, unknown;
  for (size_t i = 0; i < texts.size(); ++i) {
    STRATA_ASSIGN_OR_RETURN(const WordCounts& counts,
                            model_->EmbedInto(texts[i], std::span(vectors).subspan(i * d, d)));
    words.push_back(static_cast<uint32_t>(counts.words));
    unknown.push_back(static_cast<uint32_t>(counts.unknown));
  }
  reply.AddBlock(vectors);
  reply.AddBlock(words);
  reply.AddBlock(unknown);
  return {};
}

}  // namespace strata
