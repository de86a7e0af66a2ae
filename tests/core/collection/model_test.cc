// Random operations against a plain map: after each step the collection must agree with the map, also when
// the process dies and the database is opened again.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "env/memory_env.h"
#include "gtest/gtest.h"
#include "strata/database.h"

namespace strata {
namespace {

constexpr uint32_t kDimension = 6;

struct Expected {
  std::vector<float> vector;
  int group = 0;
};
using Model = std::map<RecordId, Expected>;

class ModelRun {
 public:
  explicit ModelRun(uint64_t seed) : random_(seed) { Open(); }

  void Step() {
    const uint64_t dice = random_() % 64;
    if (dice < 24) {
      WriteBatch();
    } else if (dice < 28) {
      DeleteSome();
    } else if (dice < 32) {
      UpdateOne();
    } else if (dice < 33) {
      DeleteGroup();
    } else if (dice < 37) {
      ASSERT_TRUE(database_->Flush());
    } else if (dice < 48) {
      Work();
    } else if (dice < 49) {
      ASSERT_TRUE(database_->BeginCompact());
      compacting_ = true;
    } else if (dice < 50) {
      ASSERT_TRUE(database_->Compact());
      compacting_ = false;
    } else if (dice < 53) {
      HoldSnapshot();
    } else if (dice < 54) {
      Reopen();
    } else {
      CheckSearch();
    }
  }

  void CheckAll() {
    ASSERT_EQ(*collection_->Count(), model_.size());
    CheckScan(nullptr, model_);
    if (snapshot_) CheckScan(snapshot_, snapshot_model_);
    CheckSearch();
  }

 private:
  void Open() {
    DatabaseOptions options;
    options.index_rows_min = 50;
    auto database = Database::Open(&disk_, options);
    ASSERT_TRUE(database) << database.error().message();
    database_ = std::move(*database);
    CollectionOptions collection_options;
    collection_options.dimension = kDimension;
    collection_options.metric = Metric::kL2;
    collection_options.hnsw_m = 6;
    collection_options.hnsw_ef_construction = 32;
    auto collection = database_->OpenCollection("c", collection_options);
    ASSERT_TRUE(collection) << collection.error().message();
    collection_ = *collection;
  }

  void Work() {
    if (!compacting_) {
      ASSERT_TRUE(database_->RunBackground(300));
      return;
    }
    const auto done = database_->StepCompact(300);
    ASSERT_TRUE(done) << done.error().message();
    compacting_ = *done < 1;
  }

  void Reopen() {
    compacting_ = false;
    snapshot_.reset();
    database_.reset();  // No Close(): the process died.
    Open();
  }

  RecordId RandomId() {
    const auto number = static_cast<int64_t>(random_() % 400);
    if (number % 3 == 0) return "s" + std::to_string(number);
    return number;
  }

  Record RandomRecord(RecordId id, Expected* expected) {
    std::normal_distribution<float> normal;
    expected->group = static_cast<int>(random_() % 10);
    expected->vector.resize(kDimension);
    for (float& x : expected->vector) x = normal(random_);
    return {.id = std::move(id),
            .vector = expected->vector,
            .metadata = "{\"group\":" + std::to_string(expected->group) + "}",
            .text = std::nullopt};
  }

  void WriteBatch() {
    std::vector<WriteOp> ops;
    for (size_t n = 1 + random_() % 20; n > 0; --n) {
      const RecordId id = RandomId();
      Expected expected;
      ops.push_back({.kind = WriteOp::Kind::kUpsert, .record = RandomRecord(id, &expected)});
      model_[id] = expected;
    }
    const auto written = collection_->Write(std::move(ops));
    ASSERT_TRUE(written) << written.error().message();
  }

  void DeleteSome() {
    std::vector<WriteOp> ops;
    for (size_t n = 1 + random_() % 8; n > 0; --n) {
      const RecordId id = RandomId();
      ops.push_back({.kind = WriteOp::Kind::kDelete, .record = {.id = id}});
      model_.erase(id);
    }
    ASSERT_TRUE(collection_->Write(std::move(ops)));
  }

  void UpdateOne() {
    const RecordId id = RandomId();
    const auto found = model_.find(id);
    std::vector<WriteOp> ops(1);
    ops[0].kind = WriteOp::Kind::kUpdate;
    ops[0].record.id = id;
    ops[0].record.metadata = "{\"group\":77}";
    const auto written = collection_->Write(std::move(ops));
    ASSERT_EQ(written.has_value(), found != model_.end());
    if (found != model_.end()) {
      found->second.group = 77;
    } else {
      ASSERT_EQ(written.error().code(), ErrorCode::kNotFound);
    }
  }

  void DeleteGroup() {
    const int group = static_cast<int>(random_() % 10);
    const auto deleted = collection_->DeleteWhere("{\"group\":" + std::to_string(group) + "}");
    ASSERT_TRUE(deleted) << deleted.error().message();
    const size_t before = model_.size();
    std::erase_if(model_, [group](const auto& entry) { return entry.second.group == group; });
    ASSERT_EQ(deleted->changed, before - model_.size());
  }

  void HoldSnapshot() {
    snapshot_ = collection_->View();
    snapshot_model_ = model_;
  }

  void CheckScan(const std::shared_ptr<const ReadView>& view, const Model& model) {
    auto cursor = collection_->Scan({}, view);
    ASSERT_TRUE(cursor);
    auto expected = model.begin();
    for (;;) {
      const auto records = (*cursor)->Next(17);
      ASSERT_TRUE(records);
      if (records->empty()) break;
      for (const Record& record : *records) {
        ASSERT_NE(expected, model.end());
        ASSERT_EQ(record.id, expected->first);
        ASSERT_EQ(record.vector, expected->second.vector);
        ASSERT_EQ(record.metadata, "{\"group\":" + std::to_string(expected->second.group) + "}");
        ++expected;
      }
    }
    ASSERT_EQ(expected, model.end());
  }

  void CheckSearch() {
    std::normal_distribution<float> normal;
    std::vector<float> query(kDimension);
    for (float& x : query) x = normal(random_);
    const int group = static_cast<int>(random_() % 12);
    const bool filtered = random_() % 2 == 0;
    std::vector<float> distances;
    for (const auto& [id, expected] : model_) {
      if (filtered && expected.group != group) continue;
      double sum = 0;
      for (size_t i = 0; i < kDimension; ++i) {
        sum += (double{query[i]} - expected.vector[i]) * (double{query[i]} - expected.vector[i]);
      }
      distances.push_back(static_cast<float>(std::sqrt(sum)));
    }
    std::sort(distances.begin(), distances.end());
    SearchOptions options{.k = 7, .exact = true};
    if (filtered) options.filter = "group = " + std::to_string(group);
    for (bool exact : {true, false}) {
      options.exact = exact;
      const auto reply = collection_->Search(query, options);
      ASSERT_TRUE(reply) << reply.error().message();
      ASSERT_EQ(reply->hits.size(), std::min<size_t>(7, distances.size()));
      for (size_t i = 0; i < reply->hits.size(); ++i) {
        const auto found = model_.find(reply->hits[i].id);
        ASSERT_NE(found, model_.end());
        if (filtered) {
          ASSERT_EQ(found->second.group, group);
        }
        if (exact) {
          ASSERT_NEAR(reply->hits[i].distance, distances[i], 1e-4);
        }
      }
    }
  }

  MemoryEnv disk_;
  std::mt19937_64 random_;
  std::unique_ptr<Database> database_;
  Collection* collection_ = nullptr;
  Model model_;
  std::shared_ptr<const ReadView> snapshot_;
  Model snapshot_model_;
  bool compacting_ = false;
};

TEST(ModelTest, CollectionAgreesWithAMapUnderRandomOperations) {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    ModelRun run(seed);
    if (testing::Test::HasFatalFailure()) return;
    for (int step = 0; step < 400; ++step) {
      SCOPED_TRACE(testing::Message() << "step " << step);
      run.Step();
      if (step % 20 == 19) run.CheckAll();
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace strata
