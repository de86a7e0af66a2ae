#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lsm/avl_tree.h"

namespace strata {

// A record that is not in a segment yet. Never changes once it is in a memtable.
struct MemRecord {
  std::string key;            // As EncodeKey() makes them.
  uint64_t sequence = 0;      // The batch that wrote it.
  std::vector<float> vector;  // Empty: none.
  std::string metadata;
  std::optional<std::string> text;

  // Memory it takes, with its share of the tree. An estimate: allocators round up.
  size_t bytes() const;
};

// The live records that no segment holds yet, ordered by key. A value: a copy is a snapshot, made in O(1),
// that no later write to the original changes. Deleting a record takes it out; nothing here stands for what
// is not there.
//
// Writing O(log n). Memory bytes(); nodes shared between snapshots are counted in each. A copy is used by one
// thread at a time, different copies by any.
class Memtable {
 public:
  using Iterator = AvlTree<MemRecord>::Iterator;

  // The record of `key`, or null. Lives while a Memtable that holds it does.
  const MemRecord* Find(std::string_view key) const { return tree_.Find(key); }

  // Stores `record`, replacing the one of its key. If memory runs out, throws std::bad_alloc with nothing
  // changed.
  void Upsert(std::shared_ptr<const MemRecord> record);

  // Removes the record of `key`; whether there was one. If memory runs out, throws with nothing changed.
  bool Erase(std::string_view key);

  size_t size() const { return tree_.size(); }
  size_t bytes() const { return bytes_; }

  // Ascending from the first key that is not less than `key`; "" is before every key. Valid while this copy
  // lives and is not written to.
  //   for (auto it = memtable.LowerBound(""); !it.done(); it.Next()) Use(*it.record());
  Iterator LowerBound(std::string_view key) const { return tree_.LowerBound(key); }

  // A node of the tree for inspection. Children are places in the order of visiting, or -1.
  struct NodeView {
    const MemRecord* record = nullptr;
    int32_t left = -1;
    int32_t right = -1;
    int32_t height = 1;
    int32_t balance = 0;  // Height of the left subtree minus that of the right.
  };

  // Calls visit(const NodeView&) for every node, each before its left and then its right subtree. O(n)
  // memory.
  template <typename Visit>
  void VisitPreOrder(Visit&& visit) const {
    for (const NodeView& node : NodesInPreOrder()) visit(node);
  }

  // Whether the tree is ordered and balanced and the counts are right. O(n), for tests.
  bool CheckInvariants() const;

 private:
  std::vector<NodeView> NodesInPreOrder() const;

  AvlTree<MemRecord> tree_;
  size_t bytes_ = 0;
};

}  // namespace strata
