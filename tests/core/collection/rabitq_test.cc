// Collections quantized by RaBitQ, through the public calls.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "env/memory_env.h"
#include "strata/database.h"
#include "support/random.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

constexpr uint32_t kDimension = 48;
constexpr int64_t kRowCount = 3000;
constexpr size_t kQueryCount = 40;
constexpr uint32_t kEf = 200;  // As many candidates as a scan takes.

class RabitqCollectionTest : public testing::Test {
 protected:
  void Fill(IndexType index, uint32_t bits, Metric metric) {
    disk_ = std::make_unique<MemoryEnv>();
    Open();
    CollectionOptions options;
    options.dimension = kDimension;
    options.metric = metric;
    options.index = index;
    options.quantization = Quantization::kRabitq;
    options.rabitq_bits = bits;
    STRATA_ASSERT_OK_AND_ASSIGN(Collection * collection, database_->OpenCollection("c", options));
    Upsert(collection, 0, kRowCount);
    ASSERT_THAT(database_->Flush(), IsOk());
    Upsert(collection, 0, kRowCount / 10);  // Others under the same ids.
    std::vector<WriteOp> deletions;
    for (int64_t id = kRowCount / 10; id < kRowCount / 5; ++id)
      deletions.push_back({.kind = WriteOp::Kind::kDelete, .record = {.id = id}});
    ASSERT_THAT(collection->Write(std::move(deletions)), IsOk());
    ASSERT_THAT(database_->Flush(), IsOk());
    ASSERT_THAT(database_->Compact({}), IsOk());
  }

  void Open() {
    DatabaseOptions options;
    options.index_rows_min = 100;
    auto database = Database::Open(disk_.get(), options);
    ASSERT_THAT(database, IsOk());
    database_ = std::move(*database);
  }

  void Upsert(Collection* collection, int64_t first, int64_t count) {
    std::vector<WriteOp> ops(static_cast<size_t>(count));
    for (WriteOp& op : ops) {
      op.record.id = first++;
      op.record.vector = RandomVector();
    }
    ASSERT_THAT(collection->Write(std::move(ops)), IsOk());
  }

  // About normal, around one of eight centres.
  std::vector<float> RandomVector() {
    const size_t centre = random_.Below(8);
    std::vector<float> vector(kDimension);
    for (size_t i = 0; i < vector.size(); ++i) {
      vector[i] = (i + centre) % 8 == 0 ? 4.0f : 0.0f;
      for (int term = 0; term < 6; ++term) vector[i] += static_cast<float>(random_.Unit() - 0.5);
    }
    return vector;
  }

  // Share of the exact scan's ten that the index finds too; adds up what was recomputed.
  double Recall(uint64_t* recomputed) {
    Collection* const collection = database_->FindCollection("c").value();
    size_t found = 0;
    for (size_t i = 0; i < kQueryCount; ++i) {
      const std::vector<float> query = RandomVector();
      const auto reply = collection->Search(query, {.k = 10, .ef_search = kEf});
      const auto exact = collection->Search(query, {.k = 10, .exact = true});
      EXPECT_THAT(reply, IsOk());
      EXPECT_THAT(exact, IsOk());
      EXPECT_EQ(reply->hits.size(), 10u);
      *recomputed += reply->counters.distances_exact;
      for (const Hit& hit : reply->hits) {
        found += std::ranges::any_of(exact->hits, [&](const Hit& other) { return other.id == hit.id; });
      }
    }
    return static_cast<double>(found) / (10 * kQueryCount);
  }

  std::unique_ptr<MemoryEnv> disk_;
  Random random_{20261122};
  std::unique_ptr<Database> database_;
};

// Of a bound that misses 2.9% of rows few are among the answers: recall of 0.99 and more is usual.
TEST_F(RabitqCollectionTest, AnswersAfterUpdatesCompactionAndReopeningAreNearlyExact) {
  for (const IndexType index : {IndexType::kFlat, IndexType::kHnsw}) {
    for (const Metric metric : {Metric::kL2, Metric::kCosine, Metric::kDot}) {
      for (const uint32_t bits : {1, 2, 5}) {
        SCOPED_TRACE(testing::Message() << "index " << static_cast<int>(index) << ", metric "
                                        << static_cast<int>(metric) << ", " << bits << " bits");
        Fill(index, bits, metric);
        database_.reset();
        Open();
        uint64_t recomputed = 0;
        EXPECT_GE(Recall(&recomputed), 0.96);
        EXPECT_GE(recomputed, 10 * kQueryCount);
        // These rows are hard to tell apart: those of a cluster are about as far as each other, and one bit
        // leaves nearly all candidates to be recomputed, five bits about 20.
        EXPECT_LE(recomputed, (bits == 5 ? 30 : kEf) * kQueryCount);
        if (HasFailure()) return;
      }
    }
  }
}

TEST_F(RabitqCollectionTest, TheCodebookTellsHowRowsAreCoded) {
  Fill(IndexType::kHnsw, 3, Metric::kL2);
  Inspector& inspector = database_->FindCollection("c").value()->inspect();
  const std::vector<SegmentInfo> segments = inspector.Segments();
  ASSERT_EQ(segments.size(), 1u);
  STRATA_ASSERT_OK_AND_ASSIGN(const Codebook codebook, inspector.Codebooks(segments[0].file));
  EXPECT_EQ(codebook.type, "rabitq");
  EXPECT_EQ(codebook.bits, 3u);
  EXPECT_EQ(codebook.centre.size(), kDimension);
}

}  // namespace
}  // namespace strata
