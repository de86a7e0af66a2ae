#include "lsm/id_filter.h"

#include <cstring>

#include "bytes/checksum.h"

namespace strata {
namespace {

// Odd multipliers, one per word of a block; those of Parquet's filter. Part of the file format.
constexpr std::array<uint32_t, 8> kSalt = {0x47b6137bu, 0x44974d91u, 0x8824ad5bu, 0xa2b7289du,
                                           0x705495c7u, 0x2df1424bu, 0x9efc4947u, 0x5c6bfb31u};

// The upper half of the hash picks the block (a multiplication instead of a division), the lower half the
// bits.
size_t BlockOf(uint64_t hash, size_t block_count) {
  return static_cast<size_t>(((hash >> 32) * block_count) >> 32);
}

uint32_t BitOf(uint64_t hash, size_t word) {
  return uint32_t{1} << ((static_cast<uint32_t>(hash) * kSalt[word]) >> 27);
}

}  // namespace

uint64_t IdFilter::HashOf(std::string_view key) { return Checksum(std::as_bytes(std::span(key))); }

size_t IdFilter::EncodedBytes(size_t key_count) {
  return (key_count + kKeysPerBlock - 1) / kKeysPerBlock * sizeof(Block);
}

IdFilter IdFilter::Build(std::span<const uint64_t> hashes) {
  IdFilter filter;
  filter.blocks_.resize(EncodedBytes(hashes.size()) / sizeof(Block));
  for (const uint64_t hash : hashes) {
    Block& block = filter.blocks_[BlockOf(hash, filter.blocks_.size())];
    for (size_t word = 0; word < block.size(); ++word) block[word] |= BitOf(hash, word);
  }
  return filter;
}

IdFilter IdFilter::Decode(std::span<const std::byte> bytes) {
  IdFilter filter;
  filter.blocks_.resize(bytes.size() / sizeof(Block));
  if (!filter.blocks_.empty()) std::memcpy(filter.blocks_.data(), bytes.data(), filter.memory_bytes());
  return filter;
}

bool IdFilter::MayContain(uint64_t hash) const {
  if (blocks_.empty()) return false;
  const Block& block = blocks_[BlockOf(hash, blocks_.size())];
  uint32_t missing = 0;
  for (size_t word = 0; word < block.size(); ++word) missing |= BitOf(hash, word) & ~block[word];
  return missing == 0;
}

}  // namespace strata
