#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <numeric>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "source_dir.h"
#include "strata/text.h"

namespace strata {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Two subjects. "engine" is never beside "brake", nor "bread" beside "oven": only other words link them.
const std::vector<std::string> kLines = [] {
  std::ifstream file(std::string(STRATA_SOURCE_DIR) + "/tests/data/two_subjects.txt");
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}();
const std::vector<std::string_view> kTexts(kLines.begin(), kLines.end());

float Dot(std::span<const float> a, std::span<const float> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0f);
}

LsaModel TrainedModel(const LsaOptions& options = {.dimension = 2}) {
  auto model = LsaModel::Train(kTexts, options);
  EXPECT_TRUE(model) << model.error().message();
  return std::move(*model);
}

std::vector<float> Embedded(const LsaModel& model, std::string_view text) {
  auto vector = model.Embed(text);
  EXPECT_TRUE(vector) << vector.error().message();
  return vector.value_or(std::vector<float>(model.dimension()));
}

TEST(LsaModelTest, TextsOnOneSubjectAreNearEachOtherWithoutSharingAWord) {
  const LsaModel model = TrainedModel();
  EXPECT_GT(Dot(Embedded(model, "engine"), Embedded(model, "brake")), 0.8f);
  EXPECT_GT(Dot(Embedded(model, "bread"), Embedded(model, "oven")), 0.8f);
  EXPECT_LT(Dot(Embedded(model, "engine"), Embedded(model, "bread")), 0.3f);
}

TEST(LsaModelTest, EmbeddingsHaveUnitLengthAndIgnoreCaseOrderAndForm) {
  const LsaModel model = TrainedModel({.dimension = 5});
  const auto vector = Embedded(model, "motor wheel wheel");
  EXPECT_EQ(vector.size(), 5u);
  EXPECT_NEAR(Dot(vector, vector), 1, 1e-6);
  EXPECT_EQ(Embedded(model, "WHEELS the motors, wheel!"), vector);
}

// The definition: the sum of (1 + ln tf) * row over the distinct terms, scaled to unit length.
TEST(LsaModelTest, AnEmbeddingIsTheWeightedSumOfTermVectors) {
  const auto model = LsaModel::FromTerms({"xx", "yy"}, {3, 0, 0, 1});
  ASSERT_TRUE(model);
  const float x = 3 * (1 + std::log(2.0f)), length = std::hypot(x, 1.0f);
  EXPECT_THAT(*model->Embed("xx yy xx unknown"),
              ElementsAre(testing::FloatEq(x / length), testing::FloatEq(1 / length)));
}

TEST(LsaModelTest, TheSameTextsGiveTheSameBits) {
  const LsaModel one = TrainedModel(), two = TrainedModel();
  EXPECT_EQ(one.id(), two.id());
  EXPECT_TRUE(std::ranges::equal(one.vectors(), two.vectors()));
  EXPECT_NE(TrainedModel({.dimension = 3}).id(), one.id());
}

TEST(LsaModelTest, AModelRebuiltFromItsTermsAndVectorsIsTheSame) {
  const LsaModel model = TrainedModel({.dimension = 4});
  const auto rebuilt = LsaModel::FromTerms(model.terms(), {model.vectors().begin(), model.vectors().end()});
  ASSERT_TRUE(rebuilt);
  EXPECT_EQ(rebuilt->id(), model.id());
  EXPECT_EQ(Embedded(*rebuilt, "oven and wheel"), Embedded(model, "oven and wheel"));
}

TEST(LsaModelTest, StopWordsAreReplaceableAndPartOfTheModel) {
  const LsaModel model = TrainedModel({.dimension = 2, .stop_words = std::vector<std::string>{"Car"}});
  EXPECT_FALSE(std::ranges::binary_search(model.terms(), "car"));
  EXPECT_TRUE(std::ranges::binary_search(model.terms(), "and"));
  const std::vector<float> vectors(model.vectors().begin(), model.vectors().end());
  EXPECT_EQ(LsaModel::FromTerms(model.terms(), vectors, model.stop_words())->id(), model.id());
  EXPECT_NE(LsaModel::FromTerms(model.terms(), vectors)->id(), model.id());
}

TEST(LsaModelTest, ATextWithoutKnownWordsIsNotFound) {
  const LsaModel model = TrainedModel();
  for (const std::string_view text : {"", "   \n", "?!", "quaternion", "the and of"}) {
    const auto vector = model.Embed(text);
    ASSERT_FALSE(vector) << text;
    EXPECT_EQ(vector.error().code(), ErrorCode::kNotFound);
    EXPECT_THAT(vector.error().message(), HasSubstr(model.id()));
  }
}

TEST(LsaModelTest, UnknownWordsAreCountedAndStopWordsAreNot) {
  const LsaModel model = TrainedModel();
  std::vector<float> vector(model.dimension());
  const auto counts = model.EmbedInto("the car, the quaternion and the octonion", vector);
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->words, 3u);
  EXPECT_EQ(counts->unknown, 2u);
}

TEST(LsaModelTest, TextThatIsNotUtf8IsRefused) {
  const LsaModel model = TrainedModel();
  EXPECT_EQ(model.Embed("car \xff").error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(model.Embed("\xed\xa0\x80").error().code(), ErrorCode::kInvalidArgument);  // A surrogate.
  const std::vector<std::string_view> texts = {"car", "car \xc3"};
  const auto trained = LsaModel::Train(texts, {});
  ASSERT_FALSE(trained);
  EXPECT_EQ(trained.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_THAT(trained.error().message(), HasSubstr("text 1"));
}

TEST(LsaModelTest, AMegabyteWithoutASpaceAndAMegabyteOfWordsAreFine) {
  const LsaModel model = TrainedModel();
  EXPECT_EQ(model.Embed(std::string(1 << 20, 'a')).error().code(), ErrorCode::kNotFound);
  std::string words;
  while (words.size() < 1 << 20) words += "car wheel ";
  EXPECT_EQ(Embedded(model, words).size(), 2u);
}

TEST(LsaModelTest, OptionsOutOfRangeAreRefused) {
  const auto code = [](const LsaOptions& options) { return LsaModel::Train(kTexts, options).error().code(); };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(code({.dimension = 0}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({.dimension = kLsaDimensionMax + 1}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({.min_document_count = 0}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({.max_document_share = 0}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({.max_document_share = nan}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({.singular_value_power = nan}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({.power_iterations = 33}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({.stop_words = std::vector<std::string>{"\xff"}}), ErrorCode::kInvalidArgument);
}

TEST(LsaModelTest, TermsAndVectorsThatMakeNoModelAreRefused) {
  const auto code = [](std::vector<std::string> terms, std::vector<float> vectors) {
    const auto model = LsaModel::FromTerms(std::move(terms), std::move(vectors));
    return model ? std::nullopt : std::optional(model.error().code());
  };
  EXPECT_EQ(code({}, {}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({"aa"}, {}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({"aa", "bb"}, {1, 2, 3}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({"aa", "aa"}, {1, 2}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({"bb", "aa"}, {1, 2}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({"", "aa"}, {1, 2}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({"aa"}, {std::numeric_limits<float>::infinity()}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({"aa"}, std::vector<float>(kLsaDimensionMax + 1)), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({"aa"}, {1}), std::nullopt);
}

TEST(LsaModelTest, TrainingReportsProgressAndStopsWhenTold) {
  std::vector<double> seen;
  ASSERT_TRUE(LsaModel::Train(kTexts, {}, [&](double done) { return seen.push_back(done), true; }));
  EXPECT_TRUE(std::ranges::is_sorted(seen));
  EXPECT_GT(seen.size(), 3u);
  int calls = 0;
  const auto stopped = LsaModel::Train(kTexts, {}, [&](double) { return ++calls < 3; });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code(), ErrorCode::kAborted);
  EXPECT_EQ(calls, 3);
}

TEST(LsaModelTest, TextsThatAreAllTheSameTrainAModelOfOneDimension) {
  const std::vector<std::string_view> texts(5, "vector database");
  const auto model = LsaModel::Train(texts, {.max_document_share = 1});
  ASSERT_TRUE(model) << model.error().message();
  EXPECT_EQ(model->dimension(), 1u);
  EXPECT_NEAR(std::fabs((*model->Embed("database"))[0]), 1, 1e-6);
}

}  // namespace
}  // namespace strata
