// Search by text and by both, through the public interface.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "strata/database.h"
#include "support/files.h"
#include "text/inverted_index_format.h"
#include "text/text_fixture.h"

namespace strata {
namespace {

constexpr uint32_t kDimension = 4;

struct Expected {
  std::optional<std::string> text;
  int group = 0;
  std::vector<float> vector;
};
using Model = std::map<int64_t, Expected>;

std::string RandomQuery(Random& random) {
  std::string query;
  for (size_t n = 1 + random.Below(4); n > 0; --n) query += " w" + std::to_string(1 + random.Below(100));
  return query;
}

std::vector<float> RandomVector(Random& random) {
  std::vector<float> vector(kDimension);
  for (float& x : vector) x = static_cast<float>(random.Unit());
  return vector;
}

// A collection, and a map that holds the same.
class TextSearchTest : public testing::Test {
 protected:
  void Open(bool text_index) {
    database_.reset();
    STRATA_ASSERT_OK_AND_ASSIGN(database_, Database::Open(&env_, {}));
    CollectionOptions options{.dimension = kDimension, .metric = Metric::kL2};
    options.text_index = text_index;
    STRATA_ASSERT_OK_AND_ASSIGN(collection_, database_->OpenCollection("c", options));
  }

  void Write(size_t count) {
    std::vector<WriteOp> ops;
    const Texts texts = RandomTexts(random_, count);
    for (const auto& text : texts) {
      const auto id = static_cast<int64_t>(random_.Below(500));
      Expected& expected = model_[id];
      expected = {text, static_cast<int>(random_.Below(4)), {}};
      if (random_.Below(6) != 0) expected.vector = RandomVector(random_);
      WriteOp& op = ops.emplace_back();
      op.record = {.id = id,
                   .vector = expected.vector,
                   .metadata = "{\"group\":" + std::to_string(expected.group) + "}",
                   .text = text};
    }
    ASSERT_THAT(collection_->Write(std::move(ops)), IsOk());
  }

  void Delete(size_t count) {
    std::vector<WriteOp> ops(count);
    for (WriteOp& op : ops) {
      const auto id = static_cast<int64_t>(random_.Below(500));
      op = {.kind = WriteOp::Kind::kDelete, .record = {.id = id}};
      model_.erase(id);
    }
    ASSERT_THAT(collection_->Write(std::move(ops)), IsOk());
  }

  // All scores of a query by the slow twin, over what `model` holds.
  static std::map<int64_t, double> SlowScores(const Model& model, const std::string& query) {
    Texts texts;
    for (const auto& [id, record] : model) texts.push_back(record.text);
    const std::vector<double> scores = SlowBm25(texts, query);
    std::map<int64_t, double> by_id;
    for (const auto& [id, record] : model) by_id[id] = scores[by_id.size()];
    return by_id;
  }

  void ExpectAnswersOf(const Model& model, const ReadView* view = nullptr) {
    const std::string query = RandomQuery(random_);
    const auto group = static_cast<int>(random_.Below(8));
    const auto scores = SlowScores(model, query);
    SearchOptions options{.k = static_cast<uint32_t>(1 + random_.Below(30))};
    options.text = query;
    if (group < 4) options.filter = "group = " + std::to_string(group);
    std::vector<double> expected;
    for (const auto& [id, record] : model) {
      if (scores.at(id) > 0 && (group >= 4 || record.group == group)) expected.push_back(scores.at(id));
    }
    std::ranges::sort(expected, std::greater());
    if (expected.size() > options.k) expected.resize(options.k);

    STRATA_ASSERT_OK_AND_ASSIGN(const SearchReply reply, collection_->Search({}, options, view));
    ASSERT_EQ(reply.hits.size(), expected.size()) << query;
    for (size_t i = 0; i < expected.size(); ++i) {
      const Hit& hit = reply.hits[i];
      // Rows may trade places where single precision sees no difference.
      ASSERT_NEAR(hit.score, expected[i], 1e-4) << query;
      ASSERT_NEAR(hit.score, scores.at(std::get<int64_t>(hit.id)), 1e-4) << query;
      ASSERT_TRUE(std::isnan(hit.distance));
      if (group < 4) {
        ASSERT_EQ(hit.metadata, "{\"group\":" + std::to_string(group) + "}");
      }
      if (i > 0 && hit.score == reply.hits[i - 1].score) {
        ASSERT_LT(reply.hits[i - 1].id, hit.id) << "ties by id";
      }
    }
  }

  Random random_{20261125};
  MemoryEnv env_;
  std::unique_ptr<Database> database_;
  Collection* collection_ = nullptr;
  Model model_;
};

class TextSearchModelTest : public TextSearchTest, public testing::WithParamInterface<bool> {};
INSTANTIATE_TEST_SUITE_P(WithAndWithoutIndex, TextSearchModelTest, testing::Bool());

TEST_P(TextSearchModelTest, ScoresAreThoseOfAllLiveRecordsWhateverHappenedBefore) {
  Open(GetParam());
  std::shared_ptr<const ReadView> view;
  Model view_model;
  for (int step = 0; step < 150; ++step) {
    SCOPED_TRACE(testing::Message() << "step " << step);
    switch (random_.Below(8)) {
      case 0:
      case 1:
        Write(1 + random_.Below(40));
        break;
      case 2:
        Delete(1 + random_.Below(20));
        break;
      case 3:
        ASSERT_THAT(database_->Flush(), IsOk());
        break;
      case 4:
        if (random_.Below(4) == 0) {
          ASSERT_THAT(database_->Compact(), IsOk());
        }
        break;
      case 5:
        view = collection_->View();
        view_model = model_;
        break;
      case 6:
        if (random_.Below(4) == 0) {
          view.reset();
          Open(GetParam());
        }
        break;
      default:
        ASSERT_THAT(database_->RunBackground(300), IsOk());
    }
    ExpectAnswersOf(model_);
    if (view) ExpectAnswersOf(view_model, view.get());
    if (HasFatalFailure()) return;
  }
}

TEST_F(TextSearchTest, PlansTellHowEachPartWasSearched) {
  Open(true);
  Write(200);
  ASSERT_THAT(database_->Flush(), IsOk());
  Write(50);
  SearchOptions options;
  options.text = "w1 nowhere";
  STRATA_ASSERT_OK_AND_ASSIGN(const SearchReply reply, collection_->Explain({}, options));
  ASSERT_EQ(reply.plans.size(), 2u);
  EXPECT_EQ(reply.plans[0].strategy, "text-scan");
  EXPECT_EQ(reply.plans[0].segment, 0u);
  EXPECT_THAT(reply.plans[0].reason, testing::StartsWith("text: the memtable has no text index"));
  EXPECT_EQ(reply.plans[1].strategy, "text-index");
  EXPECT_THAT(reply.plans[1].reason, testing::StartsWith("text: its index has 1 of 2 words, with "));
  EXPECT_GT(reply.counters.postings_read, 0u);
  EXPECT_EQ(reply.counters.texts_read, reply.plans[0].rows);
}

TEST_F(TextSearchTest, ATextWithoutWordsFindsNothing) {
  Open(true);
  Write(20);
  for (const char* text : {"", "the of and", "!"}) {
    SearchOptions options;
    options.text = text;
    EXPECT_TRUE(collection_->Search({}, options)->hits.empty()) << text;
  }
}

TEST_F(TextSearchTest, OptionsThatMakeNoSenseAreRefused) {
  Open(true);
  const std::vector<float> vector(kDimension, 0.5f);
  const auto search = [&](std::span<const float> query, const SearchOptions& options) {
    return collection_->Search(query, options);
  };
  SearchOptions options;
  options.text = "w1";
  EXPECT_THAT(search({}, options), IsOk());
  EXPECT_THAT(search(std::span(vector).first(2), options), IsError(ErrorCode::kInvalidArgument));
  EXPECT_THAT(collection_->SearchMany(vector, options), IsError(ErrorCode::kInvalidArgument));
  options.radius = 1;
  EXPECT_THAT(search(vector, options), IsOk());
  EXPECT_THAT(search({}, options), IsError(ErrorCode::kInvalidArgument));
  options = {};
  EXPECT_THAT(search({}, options), IsError(ErrorCode::kInvalidArgument));
  for (const FusionOptions& fusion :
       {FusionOptions{.vector_weight = 1.5f}, FusionOptions{.vector_weight = std::nanf("")},
        FusionOptions{.rrf_constant = 0},
        FusionOptions{.rrf_constant = std::numeric_limits<float>::infinity()}}) {
    options = {};
    options.text = "w1";
    options.fusion = fusion;
    EXPECT_THAT(search(vector, options), IsError(ErrorCode::kInvalidArgument));
  }
}

TEST_F(TextSearchTest, ACollectionWithoutVectorsIsSearchedByText) {
  STRATA_ASSERT_OK_AND_ASSIGN(database_, Database::Open(&env_, {}));
  CollectionOptions options;
  options.text_index = true;
  STRATA_ASSERT_OK_AND_ASSIGN(collection_, database_->OpenCollection("words", options));
  std::vector<WriteOp> ops(2);
  ops[0].record = {.id = "tree", .text = "A plant with leaves"};
  ops[1].record = {.id = "log", .text = "Part of a tree"};
  ASSERT_THAT(collection_->Write(std::move(ops)), IsOk());
  ASSERT_THAT(database_->Flush(), IsOk());
  SearchOptions search;
  search.text = "plants";
  STRATA_ASSERT_OK_AND_ASSIGN(const SearchReply reply, collection_->Search({}, search));
  ASSERT_EQ(reply.hits.size(), 1u);
  EXPECT_EQ(reply.hits[0].id, RecordId("tree"));
}

TEST_F(TextSearchTest, BothTogetherAreTheFusionOfEachAlone) {
  Open(true);
  Write(600);
  ASSERT_THAT(database_->Flush(), IsOk());
  Write(100);
  Delete(60);
  for (int i = 0; i < 40; ++i) {
    const std::vector<float> vector = RandomVector(random_);
    SearchOptions options{.k = 10, .exact = true};
    if (i % 3 == 0) options.filter = "group = 2";
    options.fusion.method = i % 2 == 0 ? FusionMethod::kRrf : FusionMethod::kWeighted;
    options.fusion.depth = 50;
    SearchOptions each = options;
    each.k = 50;
    STRATA_ASSERT_OK_AND_ASSIGN(const SearchReply by_vector, collection_->Search(vector, each));
    options.text = each.text = RandomQuery(random_);
    STRATA_ASSERT_OK_AND_ASSIGN(const SearchReply by_text, collection_->Search({}, each));
    std::map<RecordId, double> scores;
    const auto add = [&](const std::vector<Hit>& hits, auto value) {
      for (size_t rank = 0; rank < hits.size(); ++rank) {
        const double least = value(hits.back()), most = value(hits.front());
        scores[hits[rank].id] +=
            options.fusion.method == FusionMethod::kRrf
                ? 1.0 / (60 + static_cast<double>(rank) + 1)
                : 0.5 * (most == least ? 1 : (value(hits[rank]) - least) / (most - least));
      }
    };
    add(by_vector.hits, [](const Hit& hit) { return -hit.distance; });
    add(by_text.hits, [](const Hit& hit) { return hit.score; });
    std::vector<double> best;
    for (const auto& [id, score] : scores) best.push_back(score);
    std::ranges::sort(best, std::greater());

    STRATA_ASSERT_OK_AND_ASSIGN(const SearchReply both, collection_->Search(vector, options));
    ASSERT_EQ(both.hits.size(), std::min<size_t>(10, scores.size()));
    for (size_t rank = 0; rank < both.hits.size(); ++rank) {
      const Hit& hit = both.hits[rank];
      ASSERT_NEAR(hit.score, best[rank], 1e-5);
      ASSERT_NEAR(hit.score, scores.at(hit.id), 1e-5);
      // A hit with a vector has a distance, whichever search found it.
      const std::vector<float>& stored = model_.at(std::get<int64_t>(hit.id)).vector;
      ASSERT_EQ(std::isnan(hit.distance), stored.empty());
      if (stored.empty()) continue;
      double sum = 0;
      for (uint32_t d = 0; d < kDimension; ++d) sum += std::pow(double{stored[d]} - vector[d], 2);
      ASSERT_NEAR(hit.distance, std::sqrt(sum), 1e-5);
    }
  }
}

TEST_F(TextSearchTest, ARadiusHoldsForWhatTextFindsToo) {
  Open(true);
  Write(400);
  ASSERT_THAT(database_->Flush(), IsOk());
  SearchOptions options{.k = 500, .radius = 0.4f};
  options.text = "w1 w2 w3";
  STRATA_ASSERT_OK_AND_ASSIGN(const SearchReply reply,
                              collection_->Search(std::vector<float>(kDimension, 0.5f), options));
  EXPECT_GT(reply.hits.size(), 0u);
  for (const Hit& hit : reply.hits) EXPECT_LE(hit.distance, 0.4f);
}

// Each block of each section of the text index damaged in turn: the same answers come from reading the texts,
// and a note tells.
TEST_F(TextSearchTest, ADamagedIndexIsSetAsideAndAnswersStayTheSame) {
  Open(true);
  Write(400);
  ASSERT_THAT(database_->Flush(), IsOk());
  Delete(30);
  SearchOptions options{.k = 20};
  options.text = "w1 w2 w5 w9";
  STRATA_ASSERT_OK_AND_ASSIGN(const SearchReply whole, collection_->Search({}, options));
  ASSERT_EQ(whole.hits.size(), 20u);
  const FileNumber file = collection_->inspect().Segments().front().file;
  STRATA_ASSERT_OK_AND_ASSIGN(const auto sections,
                              SectionReader::Open(&env_, nullptr, FileKind::kSegment, file));
  for (SectionId id = kTextDirectory; id <= kTextLengths; ++id) {
    ASSERT_FALSE(sections->Blocks(id).empty()) << id;
    for (const BlockInfo& block : sections->Blocks(id)) {
      SCOPED_TRACE(testing::Message() << "section " << id << " byte " << block.offset);
      std::array<std::byte, 1> byte;
      ASSERT_THAT(env_.ReadAt(file, block.offset, byte), IsOk());
      const std::array<std::byte, 1> wrong = {byte[0] ^ std::byte{0x10}};
      ASSERT_THAT(env_.WriteAt(file, block.offset, wrong), IsOk());
      Open(true);
      STRATA_ASSERT_OK_AND_ASSIGN(const SearchReply reply, collection_->Explain({}, options));
      EXPECT_THAT(reply.plans.back().reason,
                  testing::StartsWith("text: the segment's text index is damaged"));
      ASSERT_EQ(reply.hits.size(), whole.hits.size());
      for (size_t i = 0; i < whole.hits.size(); ++i) {
        EXPECT_EQ(reply.hits[i].id, whole.hits[i].id);
        EXPECT_EQ(reply.hits[i].score, whole.hits[i].score);
      }
      ASSERT_THAT(env_.WriteAt(file, block.offset, byte), IsOk());
    }
  }
}

}  // namespace
}  // namespace strata
