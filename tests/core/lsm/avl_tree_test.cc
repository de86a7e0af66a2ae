#include "lsm/avl_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <new>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace strata {
namespace {

struct Word {
  std::string key;
  int value = 0;
};

// Fails the allocation that the countdown reaches; -1 never fails.
int allocations_left = -1;

template <typename T>
struct CountingAllocator {
  using value_type = T;
  T* allocate(size_t n) {
    if (allocations_left == 0) throw std::bad_alloc();
    if (allocations_left > 0) --allocations_left;
    return std::allocator<T>().allocate(n);
  }
  void deallocate(T* p, size_t n) { std::allocator<T>().deallocate(p, n); }
};

using Tree = AvlTree<Word>;
using FailingTree = AvlTree<Word, CountingAllocator>;
using Model = std::map<std::string, int>;

std::shared_ptr<const Word> MakeWord(std::string key, int value) {
  return std::make_shared<const Word>(Word{std::move(key), value});
}

template <typename AnyTree>
Model ContentOf(const AnyTree& tree) {
  Model content;
  for (auto it = tree.LowerBound(""); !it.done(); it.Next()) content[it.record()->key] = it.record()->value;
  return content;
}

template <typename AnyTree>
std::vector<const void*> NodesOf(const AnyTree& tree) {
  std::vector<const void*> nodes;
  const auto visit = [&](const auto& self, const auto* node) -> void {
    if (node == nullptr) return;
    nodes.push_back(node);
    self(self, node->left);
    self(self, node->right);
  };
  visit(visit, tree.root());
  return nodes;
}

// The same steps on a std::map tell what the tree must hold.
TEST(AvlTreeTest, HoldsWhatAMapHoldsAfterEveryRandomStep) {
  constexpr uint32_t kSeed = 20240817;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  Tree tree;
  Model model;
  for (int step = 0; step < 4000; ++step) {
    const std::string key = std::to_string(random() % 300);
    // Growing for a while, then shrinking, so that both sides of every rotation are taken.
    if (random() % 100 < (step % 1000 < 500 ? 70u : 30u)) {
      const auto replaced = tree.Upsert(MakeWord(key, step));
      ASSERT_EQ(replaced != nullptr, model.contains(key));
      if (replaced) {
        ASSERT_EQ(replaced->value, model[key]);
      }
      model[key] = step;
    } else {
      const auto removed = tree.Erase(key);
      ASSERT_EQ(removed != nullptr, model.contains(key));
      if (removed) {
        ASSERT_EQ(removed->value, model[key]);
      }
      model.erase(key);
    }
    ASSERT_TRUE(tree.Balanced()) << "after step " << step;
    ASSERT_EQ(tree.size(), model.size());
    const std::string probe = std::to_string(random() % 300);
    const Word* found = tree.Find(probe);
    ASSERT_EQ(found != nullptr, model.contains(probe));
    const auto lower = tree.LowerBound(probe);
    const auto expected = model.lower_bound(probe);
    ASSERT_EQ(lower.done(), expected == model.end());
    if (!lower.done()) {
      ASSERT_EQ(lower.record()->key, expected->first);
    }
    if (step % 97 == 0) {
      ASSERT_EQ(ContentOf(tree), model);
    }
  }
}

TEST(AvlTreeTest, ASnapshotStaysWhatItWasWhateverIsWrittenLater) {
  std::mt19937 random(7);
  Tree tree;
  Model model;
  std::vector<std::pair<Tree, Model>> snapshots;
  for (int step = 0; step < 1500; ++step) {
    const std::string key = std::to_string(random() % 200);
    if (random() % 3 != 0) {
      tree.Upsert(MakeWord(key, step));
      model[key] = step;
    } else {
      tree.Erase(key);
      model.erase(key);
    }
    if (step % 50 == 0) snapshots.emplace_back(tree, model);
    // Some go again, so that nodes come back to a single owner.
    if (step % 220 == 0) snapshots.erase(snapshots.begin());
  }
  for (const auto& [snapshot, expected] : snapshots) {
    EXPECT_TRUE(snapshot.Balanced());
    EXPECT_EQ(ContentOf(snapshot), expected);
  }
}

TEST(AvlTreeTest, ASnapshotCanBeWrittenToWithoutTheOriginalNoticing) {
  Tree tree;
  for (int i = 0; i < 100; ++i) tree.Upsert(MakeWord(std::to_string(i), i));
  const Model before = ContentOf(tree);
  Tree copy = tree;
  for (int i = 0; i < 100; i += 2) copy.Erase(std::to_string(i));
  EXPECT_EQ(ContentOf(tree), before);
  EXPECT_EQ(copy.size(), 50u);
  EXPECT_TRUE(copy.Balanced());
}

TEST(AvlTreeTest, WithoutSnapshotsNoNodeIsCopied) {
  Tree tree;
  for (int i = 0; i < 200; ++i) tree.Upsert(MakeWord(std::to_string(i), i));
  std::vector<const void*> before = NodesOf(tree);
  std::ranges::sort(before);
  for (int i = 0; i < 200; ++i) tree.Upsert(MakeWord(std::to_string(i), i + 1));
  std::vector<const void*> after = NodesOf(tree);
  std::ranges::sort(after);
  EXPECT_EQ(before, after);
}

TEST(AvlTreeTest, OneInsertionUnderASnapshotCopiesOnlyThePath) {
  Tree tree;
  for (int i = 0; i < 1 << 12; ++i) tree.Upsert(MakeWord(std::to_string(i), i));
  const Tree snapshot = tree;
  tree.Upsert(MakeWord("x", 0));
  std::vector<const void*> old_nodes = NodesOf(snapshot);
  std::ranges::sort(old_nodes);
  size_t fresh = 0;
  for (const void* node : NodesOf(tree)) fresh += !std::ranges::binary_search(old_nodes, node);
  // The nodes on the path, and the new one.
  EXPECT_LE(fresh, static_cast<size_t>(Tree::Height(snapshot.root())) + 1);
}

// Sorted input is the worst case of an unbalanced tree. 1.4405 log2(n + 2) is the bound of Adelson-Velsky &
// Landis.
TEST(AvlTreeTest, StaysLowOnSortedInput) {
  constexpr int kCount = 20000;
  for (const bool descending : {false, true}) {
    Tree tree;
    for (int i = 0; i < kCount; ++i) {
      std::string key = std::to_string(100000 + (descending ? kCount - i : i));
      tree.Upsert(MakeWord(std::move(key), i));
    }
    EXPECT_TRUE(tree.Balanced());
    EXPECT_LE(Tree::Height(tree.root()), 1.4405 * std::log2(kCount + 2));
  }
}

TEST(AvlTreeTest, KeysCompareAsUnsignedBytes) {
  Tree tree;
  for (const char* key : {"\xff", "a", "\x01", "\x80", "ab", "z"}) tree.Upsert(MakeWord(key, 0));
  tree.Upsert(MakeWord(std::string("a\0b", 3), 0));
  std::vector<std::string> keys;
  for (auto it = tree.LowerBound(""); !it.done(); it.Next()) keys.push_back(it.record()->key);
  EXPECT_EQ(keys, (std::vector<std::string>{"\x01", "a", std::string("a\0b", 3), "ab", "z", "\x80", "\xff"}));
}

// Every allocation of a change fails once, with a snapshot in the way so that there are many. The loop ends
// when the change needs no more.
TEST(AvlTreeTest, RunningOutOfMemoryChangesNothing) {
  FailingTree tree;
  Model model;
  for (int i = 0; i < 300; ++i) {
    tree.Upsert(MakeWord(std::to_string(i * 7 % 300), i));
    model[std::to_string(i * 7 % 300)] = i;
  }
  const auto check = [&](const auto& change, const char* what) {
    int failures = 0;
    for (;; ++failures) {
      const FailingTree snapshot = tree;
      allocations_left = failures;
      try {
        change();
        allocations_left = -1;
        break;
      } catch (const std::bad_alloc&) {
        allocations_left = -1;
      }
      ASSERT_EQ(ContentOf(tree), model) << what << ", allocation " << failures;
      ASSERT_EQ(ContentOf(snapshot), model) << what << ", allocation " << failures;
      ASSERT_TRUE(tree.Balanced()) << what << ", allocation " << failures;
    }
    EXPECT_GT(failures, 0) << what;
    EXPECT_TRUE(tree.Balanced()) << what;
  };
  for (int i = 0; i < 300; i += 13) {
    const std::string old_key = std::to_string(i);
    check([&] { tree.Erase(old_key); }, "erase");
    model.erase(old_key);
    const std::string new_key = std::to_string(i) + "x";
    check([&] { tree.Upsert(MakeWord(new_key, i)); }, "insert");
    model[new_key] = i;
    EXPECT_EQ(ContentOf(tree), model);
  }
}

// Meant for ThreadSanitizer: snapshots are read and dropped in other threads while the tree is written.
TEST(AvlTreeTest, SnapshotsMayBeReadWhileTheTreeIsWritten) {
  Tree tree;
  for (int i = 0; i < 500; ++i) tree.Upsert(MakeWord(std::to_string(i), i));
  std::vector<std::thread> readers;
  std::atomic<size_t> counted{0};
  for (int t = 0; t < 2; ++t) {
    readers.emplace_back([&counted, snapshot = tree]() mutable {
      for (int round = 0; round < 20; ++round) {
        counted += ContentOf(snapshot).size();
        snapshot.Upsert(MakeWord("mine", round));
        snapshot.Erase("mine");
      }
      snapshot = Tree();
    });
  }
  for (int i = 0; i < 2000; ++i) {
    tree.Erase(std::to_string(i % 500));
    tree.Upsert(MakeWord(std::to_string(i % 700), i));
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(counted, 2u * 20u * 500u);
  EXPECT_TRUE(tree.Balanced());
}

}  // namespace
}  // namespace strata
