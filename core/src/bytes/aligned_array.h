#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

namespace strata {

// A fixed number of plain values that begin at a multiple of 128 bytes: two cache lines, which processors
// fetch as a pair. So records of 128 bytes that are read in any order cost one such fetch each.
//
// Not std::vector with an aligned allocator: the operator new that aligns brings 3 kB of code into
// WebAssembly.
template <typename T>
class AlignedArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  static constexpr size_t kAlignment = 128;

  AlignedArray() = default;
  // All zeros.
  explicit AlignedArray(size_t size) : size_(size), storage_(size * sizeof(T) + kAlignment) {}
  AlignedArray(const AlignedArray& other) : AlignedArray(other.size_) {
    for (size_t i = 0; i < size_; ++i) data()[i] = other.data()[i];
  }
  AlignedArray& operator=(const AlignedArray&) = delete;
  AlignedArray(AlignedArray&&) = default;
  AlignedArray& operator=(AlignedArray&&) = default;

  size_t size() const { return size_; }
  size_t memory_bytes() const { return storage_.size(); }

  const T* data() const { return reinterpret_cast<const T*>(Begin(storage_.data())); }
  T* data() { return const_cast<T*>(static_cast<const AlignedArray*>(this)->data()); }
  const T& operator[](size_t i) const { return data()[i]; }
  T& operator[](size_t i) { return data()[i]; }
  std::span<const T> span() const { return {data(), size_}; }
  std::span<T> span() { return {data(), size_}; }

 private:
  static const uint8_t* Begin(const uint8_t* address) {
    return address + (kAlignment - reinterpret_cast<uintptr_t>(address) % kAlignment) % kAlignment;
  }

  size_t size_ = 0;
  std::vector<uint8_t> storage_;
};

}  // namespace strata
