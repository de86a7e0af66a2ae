#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

namespace strata {

// A balanced search tree whose copies are snapshots: copying takes O(1), and no change of one copy shows in
// another.
//
// Adelson-Velsky & Landis, "An algorithm for the organization of information", Doklady 146, 1962, made
// persistent by path copying as in Driscoll, Sarnak, Sleator & Tarjan, "Making data structures persistent",
// JCSS 38(1), 1989. Nodes count who points at them. A change first makes its own every node it will touch,
// which copies those that another tree shares and nothing otherwise, so a tree without snapshots is changed
// in place. Copying changes no content: running out of memory there (the only place) leaves every tree as it
// was.
//
// T has a member `key` that converts to std::string_view; keys compare as bytes, like memcmp.
//
// Invariants (Balanced() verifies them; the tests call it after every step):
//   1. Keys ascend from left to right, no two alike.
//   2. A node's height is 1 + the larger height of its subtrees, and these differ by at most 1.
// So a tree of n records is at most 1.44 log2(n + 2) high, and walking it by recursion is safe.
//
// Find, Upsert, Erase: O(log n) comparisons; a change allocates O(log n) nodes while a snapshot shares them.
// One thread at a time per copy; two copies may be used from two threads, whatever they share.
//
// Allocator is for tests that let memory run out; it must be stateless.
template <typename T, template <typename> class Allocator = std::allocator>
class AvlTree {
 public:
  using RecordPtr = std::shared_ptr<const T>;

  struct Node {
    explicit Node(RecordPtr r) noexcept : record(std::move(r)) {}

    RecordPtr record;
    Node* left = nullptr;
    Node* right = nullptr;
    std::atomic<uint32_t> owners{1};  // Links and trees that point here.
    uint8_t height = 1;
  };

  // 64 levels need more than 10^13 nodes.
  static constexpr size_t kHeightMax = 64;

  AvlTree() = default;
  AvlTree(const AvlTree& other) : root_(Share(other.root_)), size_(other.size_) {}
  AvlTree(AvlTree&& other) noexcept
      : root_(std::exchange(other.root_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  AvlTree& operator=(AvlTree other) noexcept {
    std::swap(root_, other.root_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~AvlTree() { Release(root_); }

  size_t size() const { return size_; }
  const Node* root() const { return root_; }
  static int Height(const Node* node) { return node == nullptr ? 0 : node->height; }

  const T* Find(std::string_view key) const {
    const Node* node = root_;
    while (node != nullptr) {
      const int order = KeyOf(node).compare(key);
      if (order == 0) return node->record.get();
      node = order < 0 ? node->right : node->left;
    }
    return nullptr;
  }

  // Stores `record` and returns the one of the same key that it replaced, or null.
  RecordPtr Upsert(RecordPtr record) {
    const std::string_view key = record->key;
    Path path;
    Node** link = &root_;
    while (*link != nullptr) {
      Own(link);
      const int order = KeyOf(*link).compare(key);
      if (order == 0) {
        std::swap((*link)->record, record);
        return record;
      }
      path.Push(link);
      link = order < 0 ? &(*link)->right : &(*link)->left;
    }
    *link = NewNode(std::move(record));
    ++size_;
    Rebalance(path);
    return nullptr;
  }

  // Removes the record of `key` and returns it, or null if there was none.
  RecordPtr Erase(std::string_view key) {
    if (Find(key) == nullptr) return nullptr;
    Path path;
    Node** link = &root_;
    for (;;) {
      Own(link);
      const int order = KeyOf(*link).compare(key);
      if (order == 0) break;
      link = Descend(link, order < 0, path);
    }
    // A node with two children takes over the record of its successor, and the successor's node, which has no
    // left child, goes.
    Node* const found = *link;
    if (found->left != nullptr && found->right != nullptr) {
      link = Descend(link, true, path);
      Own(link);
      while ((*link)->left != nullptr) {
        link = Descend(link, false, path);
        Own(link);
      }
    }
    Node* const removed = *link;
    std::swap(found->record, removed->record);  // With itself, unless the successor stands in.
    *link = removed->left != nullptr ? removed->left : removed->right;
    removed->left = nullptr;
    removed->right = nullptr;
    RecordPtr record = std::move(removed->record);
    Release(removed);
    --size_;
    Rebalance(path);
    return record;
  }

  // Walks records in ascending order. Valid while the tree it came from lives unchanged; any snapshot of it
  // will do.
  class Iterator {
   public:
    bool done() const { return depth_ == 0; }
    const RecordPtr& record() const { return stack_[depth_ - 1]->record; }
    void Next() {
      const Node* node = stack_[--depth_]->right;
      for (; node != nullptr; node = node->left) stack_[depth_++] = node;
    }

   private:
    friend class AvlTree;
    // The nodes still to be visited whose left subtrees are done, the next one on top.
    std::array<const Node*, kHeightMax> stack_;
    size_t depth_ = 0;
  };

  // From the first record whose key is not less than `key`.
  Iterator LowerBound(std::string_view key) const {
    Iterator it;
    const Node* node = root_;
    while (node != nullptr) {
      const bool wanted = KeyOf(node) >= key;
      if (wanted) it.stack_[it.depth_++] = node;
      node = wanted ? node->left : node->right;
    }
    return it;
  }

  // Whether the invariants hold. O(n), for tests.
  bool Balanced() const {
    size_t count = 0;
    const Node* last = nullptr;
    return CheckedHeight(root_, last, count) >= 0 && count == size_;
  }

 private:
  // The links walked from the root, each in a node that is this tree's own.
  struct Path {
    std::array<Node**, kHeightMax> links;
    size_t depth = 0;
    void Push(Node** link) { links[depth++] = link; }
  };

  static std::string_view KeyOf(const Node* node) { return node->record->key; }

  static Node* NewNode(RecordPtr record) {
    Node* const node = Allocator<Node>().allocate(1);
    return std::construct_at(node, std::move(record));  // Which cannot throw.
  }

  static Node* Share(Node* node) {
    if (node != nullptr) node->owners.fetch_add(1, std::memory_order_relaxed);
    return node;
  }

  static void Release(Node* node) {
    if (node == nullptr || node->owners.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    Release(node->left);
    Release(node->right);
    std::destroy_at(node);
    Allocator<Node>().deallocate(node, 1);
  }

  // Makes *link a node that only this tree points at. The node that holds `link` is one already.
  static void Own(Node** link) {
    Node* const shared = *link;
    if (shared->owners.load(std::memory_order_acquire) == 1) return;
    Node* const own = NewNode(shared->record);
    own->left = Share(shared->left);
    own->right = Share(shared->right);
    own->height = shared->height;
    *link = own;
    Release(shared);
  }

  // One step down before an erasure. That may shorten the side stepped into, so if the other side is the
  // higher one already, a rotation will touch its root and perhaps that one's inner child: owns them now,
  // while giving up is free.
  static Node** Descend(Node** link, bool right, Path& path) {
    Node* const node = *link;
    path.Push(link);
    Node** const into = right ? &node->right : &node->left;
    Node** const other = right ? &node->left : &node->right;
    if (Height(*other) > Height(*into)) {
      Own(other);
      Node** const inner = right ? &(*other)->right : &(*other)->left;
      Node* const outer = right ? (*other)->left : (*other)->right;
      if (Height(*inner) > Height(outer)) Own(inner);
    }
    return into;
  }

  static void SetHeight(Node* node) {
    const int left = Height(node->left);
    const int right = Height(node->right);
    node->height = static_cast<uint8_t>(1 + (left > right ? left : right));
  }

  //     node          child
  //    /    \         /    \      RotateRight turns the first into the second, RotateLeft the second into the
  //  child   c  <->  a     node   first. All that change are the tree's own.
  //  /   \                /    \.
  // a     b              b      c
  static void RotateRight(Node** link) {
    Node* const node = *link;
    Node* const child = node->left;
    node->left = child->right;
    child->right = node;
    *link = child;
    SetHeight(node);
    SetHeight(child);
  }
  static void RotateLeft(Node** link) {
    Node* const node = *link;
    Node* const child = node->right;
    node->right = child->left;
    child->left = node;
    *link = child;
    SetHeight(node);
    SetHeight(child);
  }

  // Restores invariant 2 from the end of `path` up to the first node whose height is what it was.
  static void Rebalance(Path& path) {
    while (path.depth > 0) {
      Node** const link = path.links[--path.depth];
      Node* const node = *link;
      const int height_before = node->height;
      const int balance = Height(node->left) - Height(node->right);
      if (balance > 1) {
        if (Height(node->left->left) < Height(node->left->right)) RotateLeft(&node->left);
        RotateRight(link);
      } else if (balance < -1) {
        if (Height(node->right->right) < Height(node->right->left)) RotateRight(&node->right);
        RotateLeft(link);
      } else {
        SetHeight(node);
      }
      if ((*link)->height == height_before) return;
    }
  }

  // The height of a subtree that keeps the invariants, or -1. `last`: the node before it in key order.
  static int CheckedHeight(const Node* node, const Node*& last, size_t& count) {
    if (node == nullptr) return 0;
    const int left = CheckedHeight(node->left, last, count);
    if (left < 0 || (last != nullptr && KeyOf(last) >= KeyOf(node))) return -1;
    last = node;
    ++count;
    const int right = CheckedHeight(node->right, last, count);
    if (right < 0 || left - right > 1 || right - left > 1) return -1;
    const int height = 1 + (left > right ? left : right);
    return height == node->height ? height : -1;
  }

  Node* root_ = nullptr;
  size_t size_ = 0;
};

}  // namespace strata
