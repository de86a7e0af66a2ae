// Where malloc gets memory from. Emscripten's own sbrk leaves it to Emscripten's JavaScript, which we do
// without, or grows WebAssembly's memory by no more than is asked for, which is 64 kB as a rule.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>

extern "C" std::byte __heap_base;  // The linker's.

namespace {

constexpr size_t kPageBytes = 65536;
// One page less than 4 GiB, so that the size of memory fits a size_t.
constexpr size_t kPagesMax = 65535;
// Each growth adds 5%: an engine may copy the memory to grow it, so growths must be few; and as memory never
// shrinks, what a generous one adds would stay resident for nothing.
constexpr size_t kStepDivisor = 20;

bool GrowTo(size_t page_count) {
  return __builtin_wasm_memory_grow(0, page_count - __builtin_wasm_memory_size(0)) != SIZE_MAX;
}

// Makes memory reach `end`.
bool Reach(uintptr_t end) {
  const size_t wanted = end / kPageBytes + (end % kPageBytes != 0);
  const size_t present = __builtin_wasm_memory_size(0);
  if (wanted <= present) return true;
  if (wanted > kPagesMax) return false;
  return GrowTo(std::clamp(present + present / kStepDivisor, wanted, kPagesMax)) || GrowTo(wanted);
}

}  // namespace

// `increment` is taken as unsigned, since malloc may ask for more than 2 GiB; it never gives any back.
void* sbrk(intptr_t increment) {
  static uintptr_t end = reinterpret_cast<uintptr_t>(&__heap_base);
  constexpr uintptr_t kAlignment = alignof(std::max_align_t);
  const uintptr_t bytes = (static_cast<uintptr_t>(increment) + kAlignment - 1) / kAlignment * kAlignment;
  const uintptr_t begin = end;
  if (begin + bytes < begin || !Reach(begin + bytes)) {
    errno = ENOMEM;
    return reinterpret_cast<void*>(-1);
  }
  end = begin + bytes;
  return reinterpret_cast<void*>(begin);
}
