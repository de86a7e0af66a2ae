#pragma once

#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

namespace strata {

// Appends numbers. (vector::insert could insert them anywhere, which is twice the code for each type.)
template <typename T>
void AppendAll(std::type_identity_t<std::span<const T>> more, std::vector<T>* list) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (more.empty()) return;
  const size_t size = list->size();
  list->resize(size + more.size());
  std::memcpy(list->data() + size, more.data(), more.size_bytes());
}

}  // namespace strata
