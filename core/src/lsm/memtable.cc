#include "lsm/memtable.h"

#include <utility>

namespace strata {
namespace {

using Node = AvlTree<MemRecord>::Node;

// Appends `node`'s subtree to `views` and returns the node's place there, or -1 if there is none.
int32_t AppendPreOrder(const Node* node, std::vector<Memtable::NodeView>& views) {
  if (node == nullptr) return -1;
  const size_t place = views.size();
  const int height = AvlTree<MemRecord>::Height(node);
  const int balance = AvlTree<MemRecord>::Height(node->left) - AvlTree<MemRecord>::Height(node->right);
  views.push_back({.record = node->record.get(), .height = height, .balance = balance});
  const int32_t left = AppendPreOrder(node->left, views);
  const int32_t right = AppendPreOrder(node->right, views);
  views[place].left = left;
  views[place].right = right;
  return static_cast<int32_t>(place);
}

}  // namespace

size_t MemRecord::bytes() const {
  // The record shares one allocation with the counters of its shared_ptr, about two words.
  const size_t fixed = sizeof(MemRecord) + 2 * sizeof(void*) + sizeof(Node);
  return fixed + key.size() + vector.size() * sizeof(float) + metadata.size() + (text ? text->size() : 0);
}

void Memtable::Upsert(std::shared_ptr<const MemRecord> record) {
  const size_t added = record->bytes();
  const std::shared_ptr<const MemRecord> replaced = tree_.Upsert(std::move(record));
  bytes_ += added;
  if (replaced) bytes_ -= replaced->bytes();
}

bool Memtable::Erase(std::string_view key) {
  const std::shared_ptr<const MemRecord> removed = tree_.Erase(key);
  if (!removed) return false;
  bytes_ -= removed->bytes();
  return true;
}

bool Memtable::CheckInvariants() const {
  size_t bytes = 0;
  for (Iterator it = LowerBound(""); !it.done(); it.Next()) bytes += it.record()->bytes();
  return tree_.Balanced() && bytes == bytes_;
}

std::vector<Memtable::NodeView> Memtable::NodesInPreOrder() const {
  std::vector<NodeView> views;
  views.reserve(tree_.size());
  AppendPreOrder(tree_.root(), views);
  return views;
}

}  // namespace strata
