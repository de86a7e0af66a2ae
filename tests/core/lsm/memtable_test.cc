#include "lsm/memtable.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace strata {
namespace {

std::shared_ptr<const MemRecord> MakeRecord(std::string key, uint64_t sequence, std::string metadata = "") {
  MemRecord record;
  record.key = std::move(key);
  record.sequence = sequence;
  record.vector = {1, 2, 3};
  record.metadata = std::move(metadata);
  return std::make_shared<const MemRecord>(std::move(record));
}

TEST(MemtableTest, FindsTheLatestRecordOfAKey) {
  Memtable memtable;
  memtable.Upsert(MakeRecord("a", 1));
  memtable.Upsert(MakeRecord("b", 2));
  memtable.Upsert(MakeRecord("a", 3));
  ASSERT_NE(memtable.Find("a"), nullptr);
  EXPECT_EQ(memtable.Find("a")->sequence, 3u);
  EXPECT_EQ(memtable.Find("c"), nullptr);
  EXPECT_EQ(memtable.size(), 2u);
}

TEST(MemtableTest, ErasingTakesTheRecordOutAndSaysWhetherThereWasOne) {
  Memtable memtable;
  memtable.Upsert(MakeRecord("a", 1));
  EXPECT_TRUE(memtable.Erase("a"));
  EXPECT_FALSE(memtable.Erase("a"));
  EXPECT_EQ(memtable.Find("a"), nullptr);
  EXPECT_EQ(memtable.size(), 0u);
}

TEST(MemtableTest, BytesFollowWhatIsInItAndReturnToZero) {
  Memtable memtable;
  EXPECT_EQ(memtable.bytes(), 0u);
  memtable.Upsert(MakeRecord("a", 1, std::string(1000, 'm')));
  EXPECT_GE(memtable.bytes(), 1000u);
  const size_t with_large = memtable.bytes();
  memtable.Upsert(MakeRecord("a", 2, std::string(10, 'm')));
  EXPECT_EQ(memtable.bytes(), with_large - 990);
  EXPECT_TRUE(memtable.CheckInvariants());
  memtable.Erase("a");
  EXPECT_EQ(memtable.bytes(), 0u);
}

TEST(MemtableTest, ACopyKeepsItsRecordsAndCounts) {
  Memtable memtable;
  for (int i = 0; i < 50; ++i) memtable.Upsert(MakeRecord(std::to_string(i), 1));
  const Memtable snapshot = memtable;
  const size_t bytes = snapshot.bytes();
  for (int i = 0; i < 50; ++i) {
    if (i % 2 == 0) memtable.Erase(std::to_string(i));
    memtable.Upsert(MakeRecord(std::to_string(i + 100), 2, "later"));
  }
  EXPECT_EQ(snapshot.size(), 50u);
  EXPECT_EQ(snapshot.bytes(), bytes);
  EXPECT_TRUE(snapshot.CheckInvariants());
  EXPECT_TRUE(memtable.CheckInvariants());
  for (int i = 0; i < 50; ++i) EXPECT_NE(snapshot.Find(std::to_string(i)), nullptr);
  EXPECT_EQ(snapshot.Find("100"), nullptr);
}

TEST(MemtableTest, VisitsEveryNodeBeforeItsChildrenWithItsTrueShape) {
  std::mt19937 random(3);
  Memtable memtable;
  for (int i = 0; i < 500; ++i) memtable.Upsert(MakeRecord(std::to_string(random() % 1000), 1));
  std::vector<Memtable::NodeView> nodes;
  memtable.VisitPreOrder([&](const Memtable::NodeView& node) { nodes.push_back(node); });
  ASSERT_EQ(nodes.size(), memtable.size());
  // Heights again, from the leaves: children come after their parent.
  std::vector<int> heights(nodes.size());
  for (size_t i = nodes.size(); i-- > 0;) {
    const auto child_height = [&](int32_t child) {
      return child < 0 ? 0 : heights[static_cast<size_t>(child)];
    };
    for (const int32_t child : {nodes[i].left, nodes[i].right})
      ASSERT_TRUE(child == -1 || child > static_cast<int>(i));
    if (nodes[i].left >= 0) {
      ASSERT_LT(nodes[static_cast<size_t>(nodes[i].left)].record->key, nodes[i].record->key);
    }
    if (nodes[i].right >= 0) {
      ASSERT_GT(nodes[static_cast<size_t>(nodes[i].right)].record->key, nodes[i].record->key);
    }
    const int left = child_height(nodes[i].left);
    const int right = child_height(nodes[i].right);
    heights[i] = 1 + std::max(left, right);
    EXPECT_EQ(nodes[i].height, heights[i]);
    EXPECT_EQ(nodes[i].balance, left - right);
  }
}

TEST(MemtableTest, AnEmptyOneVisitsNothingAndIsWhole) {
  const Memtable memtable;
  int visited = 0;
  memtable.VisitPreOrder([&](const Memtable::NodeView&) { ++visited; });
  EXPECT_EQ(visited, 0);
  EXPECT_TRUE(memtable.LowerBound("").done());
  EXPECT_TRUE(memtable.CheckInvariants());
}

}  // namespace
}  // namespace strata
