#include "lsm/merge_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "lsm/segment_fixture.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

class MergeRowsTest : public SegmentTestBase {
 protected:
  static MergeSource Live(std::shared_ptr<Segment> segment, const std::vector<Row>& dead_rows = {}) {
    auto dead = std::make_shared<RowBitmap>(segment->row_count());
    for (const Row row : dead_rows) dead->Set(row);
    return {.segment = std::move(segment), .dead = std::move(dead), .memtable = {}};
  }
};

std::shared_ptr<const MemRecord> MakeMemRecord(std::string key, std::string metadata) {
  MemRecord record;
  record.key = std::move(key);
  record.metadata = std::move(metadata);
  return std::make_shared<const MemRecord>(std::move(record));
}

// "source:row:key" of everything the cursor yields.
std::vector<std::string> Drain(Result<MergeRows> merge) {
  std::vector<std::string> rows;
  EXPECT_THAT(merge, IsOk()) << merge.error().message();
  while (!merge->done()) {
    const MergedRow& row = merge->row();
    rows.push_back(std::to_string(row.source) + ":" + std::to_string(row.row) + ":" + std::string(row.key));
    const Result<void> moved = merge->Next();
    EXPECT_THAT(moved, IsOk()) << moved.error().message();
    if (!moved) break;
  }
  return rows;
}

using Rows = std::vector<std::string>;

std::vector<SampleRecord> Keys(const std::vector<std::string>& keys) {
  std::vector<SampleRecord> records;
  for (const std::string& key : keys) records.push_back({key, "{}", std::nullopt, {}});
  return records;
}

TEST_F(MergeRowsTest, NoSourcesYieldNothing) { EXPECT_EQ(Drain(MergeRows::Start({})), Rows{}); }

TEST_F(MergeRowsTest, YieldsLiveRowsOfAllSourcesInKeyOrder) {
  Memtable memtable;
  memtable.Upsert(MakeMemRecord("c", "{}"));
  memtable.Upsert(MakeMemRecord("f", "{}"));
  const std::vector<MergeSource> sources = {Live(MakeSegment(1, 0, Keys({"a", "d", "e"})), {1}),
                                            {.segment = nullptr, .dead = nullptr, .memtable = memtable},
                                            Live(MakeSegment(2, 0, Keys({"b", "d", "g"})))};
  EXPECT_EQ(Drain(MergeRows::Start(sources)),
            (Rows{"0:0:a", "2:0:b", "1:0:c", "2:1:d", "0:2:e", "1:1:f", "2:2:g"}));
  EXPECT_EQ(Drain(MergeRows::Start(sources, "d")), (Rows{"2:1:d", "0:2:e", "1:0:f", "2:2:g"}));
  EXPECT_EQ(Drain(MergeRows::Start(sources, "gg")), Rows{});
}

TEST_F(MergeRowsTest, ASourceWhoseRowsAreAllDeadYieldsNothing) {
  const std::vector<MergeSource> sources = {Live(MakeSegment(1, 0, Keys({"a", "b"})), {0, 1}),
                                            Live(MakeSegment(2, 0, {}))};
  EXPECT_EQ(Drain(MergeRows::Start(sources)), Rows{});
}

TEST_F(MergeRowsTest, WithoutABitmapNoRowIsDead) {
  const std::vector<MergeSource> sources = {
      {.segment = MakeSegment(1, 0, Keys({"a", "b"})), .dead = nullptr, .memtable = {}}};
  EXPECT_EQ(Drain(MergeRows::Start(sources)), (Rows{"0:0:a", "0:1:b"}));
}

TEST_F(MergeRowsTest, TheMemtableIsSeenAsItWasHoweverItChangesMeanwhile) {
  Memtable memtable;
  for (const char* key : {"a", "b", "c"}) memtable.Upsert(MakeMemRecord(key, "{}"));
  Result<MergeRows> merge = MergeRows::Start({{.segment = nullptr, .dead = nullptr, .memtable = memtable}});
  memtable.Erase("b");
  memtable.Upsert(MakeMemRecord("bb", "{}"));
  EXPECT_EQ(Drain(std::move(merge)), (Rows{"0:0:a", "0:1:b", "0:2:c"}));
}

// Records are spread over segments and a memtable, some rows being dead in favour of another source. A
// std::map tells which are live and what they hold.
TEST_F(MergeRowsTest, AgreesWithAMapOnRandomSources) {
  std::mt19937 random(99);
  for (int round = 0; round < 10; ++round) {
    SCOPED_TRACE(round);
    struct Live {
      size_t source = 0;
      SampleRecord record;
    };
    std::map<std::string, Live> model;
    std::vector<MergeSource> sources;
    const size_t segment_count = random() % 6;
    for (size_t i = 0; i < segment_count; ++i) {
      std::map<std::string, SampleRecord> records;
      for (int n = 0; n < 400; ++n) {
        const std::string key = std::to_string(random() % 2000);
        SampleRecord record{key, std::string(random() % 100, 'm'), std::nullopt, {}};
        if (random() % 50 == 0) record.text = std::string(random() % 100000, 't');
        if (random() % 2 == 0) record.vector = {static_cast<float>(n)};
        records[key] = record;
      }
      std::vector<SampleRecord> sorted;
      for (const auto& [key, record] : records) sorted.push_back(record);
      MergeSource source;
      source.segment = MakeSegment(static_cast<FileNumber>(round * 10) + i + 1, 1, sorted);
      auto dead = std::make_shared<RowBitmap>(source.segment->row_count());
      for (Row row = 0; row < sorted.size(); ++row) {
        // A key that is live elsewhere, or bad luck.
        if (model.contains(sorted[row].key) || random() % 5 == 0) {
          dead->Set(row);
        } else {
          model[sorted[row].key] = {i, sorted[row]};
        }
      }
      source.dead = std::move(dead);
      sources.push_back(std::move(source));
    }
    MergeSource in_memory;
    for (int n = 0; n < 100; ++n) {
      const std::string key = "m" + std::to_string(random() % 1000);
      in_memory.memtable.Upsert(MakeMemRecord(key, "memory"));
      model[key] = {segment_count, {key, "memory", std::nullopt, {}}};
    }
    sources.push_back(std::move(in_memory));

    const std::string from = round % 2 == 0 ? "" : std::to_string(random() % 2000);
    Result<MergeRows> merge = MergeRows::Start(sources, from);
    ASSERT_THAT(merge, IsOk());
    for (auto expected = model.lower_bound(from); expected != model.end(); ++expected) {
      ASSERT_FALSE(merge->done());
      const MergedRow& row = merge->row();
      const auto& [source, record] = expected->second;
      ASSERT_EQ(row.key, expected->first);
      ASSERT_EQ(row.source, source);
      ASSERT_EQ(row.metadata, record.metadata);
      ASSERT_EQ(row.text, record.text);
      ASSERT_EQ(row.has_vector, !record.vector.empty());
      if (source == segment_count) {
        ASSERT_EQ(row.record, sources.back().memtable.Find(row.key));
      } else {
        ASSERT_EQ(row.record, nullptr);
        ASSERT_EQ(sources[source].segment->Read(row.row)->key, row.key);
      }
      ASSERT_THAT(merge->Next(), IsOk());
    }
    ASSERT_TRUE(merge->done());
  }
}

TEST_F(MergeRowsTest, DamageStopsItWithAnError) {
  const auto segment = MakeSegment(1, 0, Keys({"a", "b"}));
  const BlockInfo block = segment->sections()->Blocks(1)[0];
  const std::byte bad{0xee};
  ASSERT_THAT(env_.WriteAt(1, block.offset, {&bad, 1}), IsOk());
  const Result<MergeRows> merge = MergeRows::Start({Live(segment)});
  EXPECT_THAT(merge, IsError(ErrorCode::kCorruption));
}

}  // namespace
}  // namespace strata
