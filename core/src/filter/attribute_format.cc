#include "filter/attribute_format.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "bytes/little_endian.h"

namespace strata {
namespace {

constexpr size_t kHeaderBytes = 12;  // row_count, flags, column_count: 4 bytes each.
constexpr size_t kEntryBytes = 8;    // Of the column, and where its path ends: 4 bytes each.
constexpr uint32_t kComplete = 1;    // The only flag.

void AppendUint32(uint32_t value, std::string* out) {
  char bytes[sizeof(value)];
  std::memcpy(bytes, &value, sizeof(value));
  out->append(bytes, sizeof(value));
}

Failure Damaged(std::initializer_list<MessagePart> what) {
  return Fail(ErrorCode::kCorruption, {"attribute directory: ", Message(what)});
}

}  // namespace

std::optional<size_t> AttributeDirectory::Find(std::string_view path) const {
  const auto entry = std::ranges::lower_bound(entries, path, {}, &Entry::path);
  if (entry == entries.end() || entry->path != path) return std::nullopt;
  return static_cast<size_t>(entry - entries.begin());
}

std::string EncodeDirectory(const AttributeDirectory& directory) {
  std::string bytes, paths;
  AppendUint32(directory.row_count, &bytes);
  AppendUint32(directory.complete ? kComplete : 0, &bytes);
  AppendUint32(static_cast<uint32_t>(directory.entries.size()), &bytes);
  for (const AttributeDirectory::Entry& entry : directory.entries) {
    paths += entry.path;
    AppendUint32(entry.bytes, &bytes);
    AppendUint32(static_cast<uint32_t>(paths.size()), &bytes);
  }
  return bytes + paths;
}

Result<AttributeDirectory> DecodeDirectory(std::span<const std::byte> bytes) {
  if (bytes.size() < kHeaderBytes) return Damaged({"it is shorter than its header"});
  const auto number = [&](size_t at) { return LoadLittleEndian<uint32_t>(bytes.data() + at); };
  AttributeDirectory directory{.row_count = number(0), .complete = number(4) == kComplete, .entries = {}};
  if (number(4) > kComplete) return Damaged({"unknown flags"});
  const size_t column_count = number(8);
  if (column_count > kAttributeColumnCountMax || bytes.size() < kHeaderBytes + column_count * kEntryBytes) {
    return Damaged({"it says ", column_count, " columns and has no room for so many"});
  }

  const auto* text = reinterpret_cast<const char*>(bytes.data()) + kHeaderBytes + column_count * kEntryBytes;
  const std::string_view paths(text, bytes.size() - kHeaderBytes - column_count * kEntryBytes);
  size_t path_begin = 0, block = 0;
  for (size_t i = 0; i < column_count; ++i) {
    const uint32_t column_bytes = number(kHeaderBytes + i * kEntryBytes);
    const uint32_t path_end = number(kHeaderBytes + i * kEntryBytes + 4);
    if (path_end < path_begin || path_end > paths.size()) return Damaged({"a path lies outside it"});
    std::string path(paths.substr(path_begin, path_end - path_begin));
    if (i > 0 && path <= directory.entries.back().path) return Damaged({"its paths are not in order"});
    directory.entries.push_back({.path = std::move(path), .bytes = column_bytes, .first_block = block});
    path_begin = path_end;
    block += BlocksOfColumn(column_bytes);
  }
  if (path_begin != paths.size()) return Damaged({"bytes are left over"});
  return directory;
}

}  // namespace strata
