// How much of the vectors stays cached, by default and within a budget.
#include <string>
#include <vector>

#include "env/memory_env.h"
#include "strata/database.h"
#include "support/random.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

constexpr uint32_t kDimension = 1024;
constexpr int64_t kRowCount = 3000;              // 12 MB of vectors.
constexpr uint64_t kCachedByDefault = 4u << 20;  // Of few vectors that only recompute candidates.

class MemoryBudgetTest : public testing::Test {
 protected:
  // A database of one collection, closed.
  void Fill(Quantization quantization) {
    STRATA_ASSERT_OK_AND_ASSIGN(const auto database, Database::Open(&env_, {}));
    CollectionOptions options;
    options.dimension = kDimension;
    options.hnsw_m = 4;
    options.hnsw_ef_construction = 8;  // Recall is no matter here.
    options.quantization = quantization;
    STRATA_ASSERT_OK_AND_ASSIGN(Collection * collection, database->OpenCollection("c", options));
    std::vector<WriteOp> ops(kRowCount);
    for (size_t i = 0; i < ops.size(); ++i) {
      ops[i].record.id = static_cast<int64_t>(i);
      ops[i].record.vector = RandomVector();
    }
    ASSERT_THAT(collection->Write(std::move(ops)), IsOk());
    ASSERT_THAT(database->Flush(), IsOk());
    ASSERT_THAT(database->Compact({}), IsOk());
  }

  std::vector<float> RandomVector() {
    std::vector<float> vector(kDimension);
    for (float& x : vector) x = static_cast<float>(random_.Unit());
    return vector;
  }

  // What the cache holds after searches that together want more vectors than it does by default.
  uint64_t CachedBytes(const DatabaseOptions& options) {
    const auto database = Database::Open(&env_, options).value();
    Collection* const collection = database->FindCollection("c").value();
    for (int i = 0; i < 300; ++i) {
      const auto reply = collection->Search(RandomVector(), {.k = 10, .rescore = 30});
      EXPECT_THAT(reply, IsOk());
    }
    for (const MemoryPart& part : collection->inspect().Memory()) {
      if (part.name.starts_with("block cache")) return part.bytes;
    }
    return 0;
  }

  MemoryEnv env_;
  Random random_{20261121};
};

TEST_F(MemoryBudgetTest, ByDefaultOnlyPartOfTheVectorsBehindCodesStaysCached) {
  Fill(Quantization::kSq8);
  const uint64_t bytes = CachedBytes({});
  EXPECT_LE(bytes, kCachedByDefault);
  EXPECT_GT(bytes, kCachedByDefault / 2);
}

TEST_F(MemoryBudgetTest, WithABudgetTheCacheTakesWhatIsLeftOfIt) {
  Fill(Quantization::kSq8);
  EXPECT_GT(CachedBytes({.memory_budget_bytes = size_t{1} << 30}), kCachedByDefault);
}

TEST_F(MemoryBudgetTest, VectorsThatSearchesRunOnStayCachedByDefault) {
  Fill(Quantization::kNone);
  EXPECT_GT(CachedBytes({}), 2 * kCachedByDefault);
}

}  // namespace
}  // namespace strata
