#pragma once

#include <cstdint>

#include "file/section_file.h"

namespace strata {

// Where the text index lies in a segment file: 200..299 belong to it. docs/formats/text-index.md describes
// every byte and works an example through.
inline constexpr SectionId kTextDirectory = 200;  // Totals, and which term begins each dictionary block.
inline constexpr SectionId kTextDictionary =
    201;                                         // Terms, how many rows have each, and how long its list is.
inline constexpr SectionId kTextPostings = 202;  // The lists, in the order of their terms.
inline constexpr SectionId kTextLengths = 203;   // How many words the text of each row has.

inline constexpr uint32_t kTextDirectoryHeaderBytes = 24;  // Rows, documents, words (8), blocks, version.
inline constexpr uint32_t kTextDirectoryBlockBytes = 65536;
// A look-up reads one block and goes through half of it: some 150 terms.
inline constexpr uint32_t kDictionaryBlockBytes = 4096;
inline constexpr uint32_t kPostingsBlockBytes = 16384;
inline constexpr uint32_t kRowsPerLengthBlock = 4096;

// A place in section kTextPostings. A list that does not fit what is left of a block begins the next one, and
// one longer than a block has its blocks to itself, so every list is one piece of storage and where it lies
// follows from the bytes of those before.
struct PostingsPlace {
  uint64_t block = 0;
  uint32_t offset = 0;

  // Where a list of `bytes` begins that comes here.
  PostingsPlace BeginOf(uint64_t bytes) const {
    return offset == 0 || offset + bytes <= kPostingsBlockBytes ? *this : PostingsPlace{block + 1, 0};
  }
  // What follows a list of `bytes` that begins here.
  PostingsPlace After(uint64_t bytes) const {
    const uint64_t end = offset + bytes;
    if (end < kPostingsBlockBytes) return {block, static_cast<uint32_t>(end)};
    return {block + BlocksOf(bytes), 0};
  }
  static uint64_t BlocksOf(uint64_t bytes) { return (bytes + kPostingsBlockBytes - 1) / kPostingsBlockBytes; }
};

}  // namespace strata
