#include <string>

#include "bytes/utf8.h"
#include "strata/record.h"

namespace strata {
namespace {

constexpr char kIntegerTag = 0x01;
constexpr char kStringTag = 0x02;
constexpr size_t kIntegerKeyBytes = 9;
constexpr uint64_t kSignBit = uint64_t{1} << 63;

bool IsSafe(int64_t id) { return id >= -kIdIntegerMax && id <= kIdIntegerMax; }

Result<std::string> EncodeInteger(int64_t id) {
  if (!IsSafe(id)) {
    return Fail(ErrorCode::kInvalidArgument,
                {"id ", id, " is not a safe integer (its magnitude is above 2^53 - 1)"});
  }
  // Flipping the sign bit puts negative numbers before the others when bytes are compared.
  const uint64_t ordered = static_cast<uint64_t>(id) ^ kSignBit;
  std::string key(1, kIntegerTag);
  for (int shift = 56; shift >= 0; shift -= 8) key.push_back(static_cast<char>(ordered >> shift & 0xff));
  return key;
}

Result<std::string> EncodeString(const std::string& id) {
  if (id.empty()) return Fail(ErrorCode::kInvalidArgument, "id is an empty string");
  if (id.size() > kIdBytesMax) {
    return Fail(ErrorCode::kInvalidArgument,
                {"id has ", id.size(), " bytes of UTF-8, at most ", kIdBytesMax, " are allowed"});
  }
  if (!IsUtf8(id)) return Fail(ErrorCode::kInvalidArgument, "id is not well-formed UTF-8");
  return kStringTag + id;
}

}  // namespace

Result<std::string> EncodeKey(const RecordId& id) {
  if (const int64_t* integer = std::get_if<int64_t>(&id)) return EncodeInteger(*integer);
  return EncodeString(std::get<std::string>(id));
}

Result<RecordId> DecodeKey(std::string_view key) {
  if (key.size() == kIntegerKeyBytes && key[0] == kIntegerTag) {
    uint64_t ordered = 0;
    for (char byte : key.substr(1)) ordered = ordered << 8 | static_cast<uint8_t>(byte);
    const auto id = static_cast<int64_t>(ordered ^ kSignBit);
    if (IsSafe(id)) return id;
  } else if (key.size() > 1 && key.size() <= 1 + kIdBytesMax && key[0] == kStringTag &&
             IsUtf8(key.substr(1))) {
    return std::string(key.substr(1));
  }
  return Fail(ErrorCode::kCorruption, {"a stored key of ", key.size(), " bytes is no record id"});
}

}  // namespace strata
