#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "strata/result.h"

namespace strata {

inline constexpr size_t kIdBytesMax = 4096;                 // UTF-8 bytes of a string id.
inline constexpr int64_t kIdIntegerMax = 9007199254740991;  // 2^53 - 1, JavaScript's largest safe integer.
inline constexpr size_t kMetadataBytesMax = 4u << 20;       // UTF-8 bytes of one record's metadata as JSON.
inline constexpr size_t kTextBytesMax = 16u << 20;          // UTF-8 bytes of one record's text.
inline constexpr uint32_t kDimensionMax = 65536;

// A record's name: a safe integer or a string, kept as it came (1 and "1" are two ids). Integers order before
// strings, integers by value, strings by their UTF-8 bytes.
using RecordId = std::variant<int64_t, std::string>;

inline constexpr char kIntegerKeyTag = 0x01;
inline constexpr char kStringKeyTag = 0x02;

// The bytes under which `id` is stored. memcmp order of keys is the order of ids.
//   integer  0x01, then 8 bytes: value + 2^63, big endian
//   string   0x02, then its UTF-8 bytes
// kInvalidArgument for an unsafe integer, an empty string, malformed UTF-8, or more than kIdBytesMax bytes.
Result<std::string> EncodeKey(const RecordId& id);

// The id that EncodeKey() made `key` from. kCorruption for bytes it never makes.
Result<RecordId> DecodeKey(std::string_view key);

// What a collection stores under an id.
struct Record {
  RecordId id = {};
  std::vector<float> vector = {};        // `dimension` finite numbers, or empty for none.
  std::string metadata = {};             // A JSON object as UTF-8 text, or empty for none.
  std::optional<std::string> text = {};  // UTF-8.
};

}  // namespace strata
