#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "json_writer.h"

namespace strata {

// The one form of all answers to JavaScript, which js/src/wire/reply.ts decodes: JSON for what is made of
// words, blocks for columns of numbers. However many records it holds, JavaScript decodes it with one
// TextDecoder and one JSON.parse.
//
//   u32 bytes of JSON, u32 block count, then per block u32 kind and u32 element count, the JSON text, then
//   the blocks, each starting at a multiple of 8 bytes; all little endian
class Reply {
 public:
  JsonWriter json;

  // Blocks appear in the order of these calls. The numbers are copied.
  void AddBlock(std::span<const uint32_t> column) { Add(0, std::as_bytes(column), column.size()); }
  void AddBlock(std::span<const float> column) { Add(1, std::as_bytes(column), column.size()); }
  void AddBlock(std::span<const int32_t> column) { Add(2, std::as_bytes(column), column.size()); }
  void AddBlock(std::span<const double> column) { Add(3, std::as_bytes(column), column.size()); }

  static constexpr size_t kHeadBytes = 8;

  // Needs no memory if `out` has room and there are no blocks.
  void EncodeTo(std::string* out) const;

 private:
  struct Block {
    uint32_t kind;
    uint32_t count;
    std::vector<std::byte> bytes;
  };

  void Add(uint32_t kind, std::span<const std::byte> bytes, size_t count) {
    blocks_.push_back({kind, static_cast<uint32_t>(count), {bytes.begin(), bytes.end()}});
  }

  std::vector<Block> blocks_;
};

}  // namespace strata
