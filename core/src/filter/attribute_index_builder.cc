#include "filter/attribute_index_builder.h"

#include <algorithm>
#include <cassert>
#include <span>
#include <utility>

#include "bytes/heap_sort.h"
#include "filter/attribute_format.h"

namespace strata {
namespace {

std::span<const std::byte> BytesOf(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace

AttributeIndexBuilder::AttributeIndexBuilder(uint32_t row_count_max,
                                             std::optional<std::vector<std::string>> indexed)
    : row_count_max_(row_count_max), index_all_(!indexed), complete_(index_all_) {
  if (!indexed) return;
  for (std::string& path : *indexed) {
    if (columns_.size() < kAttributePathsTrackedMax && path.size() <= kAttributePathBytesMax) {
      columns_.try_emplace(std::move(path));
    }
  }
}

Result<void> AttributeIndexBuilder::Add(Row row, std::string_view metadata_json) {
  assert(row == row_count_ && row < row_count_max_);
  row_count_ = row + 1;
  if (columns_.empty() && !index_all_) return {};
  const Result<JsonValue> metadata = ParseMetadata(metadata_json);
  if (!metadata) {
    return Fail(ErrorCode::kCorruption, {"metadata of row ", row, ": ", metadata.error().message()});
  }
  AddMembers(row, *metadata);
  return {};
}

// Goes through the same values under the same paths as Matches() (see evaluate.h), but through all of them.
void AttributeIndexBuilder::AddMembers(Row row, JsonView root) {
  struct Frame {
    JsonView object;
    std::string prefix;  // Of its members' paths.
  };
  std::vector<Frame> pending = {{root, ""}};
  while (!pending.empty()) {
    const Frame frame = std::move(pending.back());
    pending.pop_back();
    for (const auto& [key, value] : frame.object.members()) {
      // What is nested below would have still longer paths.
      if (frame.prefix.size() + key.size() > kAttributePathBytesMax) {
        complete_ = false;
        continue;
      }
      std::string path = frame.prefix;
      path += key;
      if (AttributeColumnBuilder* column = ColumnOf(path)) column->Add(row, value);
      path += '.';
      if (value.kind() == JsonKind::kObject) pending.push_back({value, path});
      if (value.kind() != JsonKind::kArray) continue;
      for (const JsonView element : value.elements()) {
        if (element.kind() == JsonKind::kObject) pending.push_back({element, path});
      }
    }
  }
}

AttributeColumnBuilder* AttributeIndexBuilder::ColumnOf(std::string_view path) {
  if (const auto known = columns_.find(path); known != columns_.end()) return &known->second;
  if (index_all_ && columns_.size() < kAttributePathsTrackedMax) {
    return &columns_.try_emplace(std::string(path)).first->second;
  }
  complete_ = false;
  return nullptr;
}

void AttributeIndexBuilder::KeepMostFrequent() {
  if (columns_.size() <= kAttributeColumnCountMax) return;
  complete_ = false;
  std::vector<uint64_t> row_counts;  // As wide as in AttributeColumnBuilder: they share one sort.
  for (const auto& [path, column] : columns_) row_counts.push_back(column.row_count());
  HeapSort(row_counts);
  const auto kept_begin = row_counts.end() - kAttributeColumnCountMax;
  const uint64_t row_count_min = *kept_begin;
  // Of the paths that so many rows have, only the first few have room.
  auto room = std::upper_bound(kept_begin, row_counts.end(), row_count_min) - kept_begin;
  std::erase_if(columns_, [&](const auto& column) {
    const uint64_t row_count = column.second.row_count();
    return row_count < row_count_min || (row_count == row_count_min && room-- <= 0);
  });
}

Result<void> AttributeIndexBuilder::Write(SectionWriter& writer) {
  KeepMostFrequent();
  AttributeDirectory directory{.row_count = row_count_, .complete = complete_, .entries = {}};
  if (!columns_.empty()) {
    STRATA_RETURN_IF_ERROR(writer.Begin(kAttributeColumns, kAttributeBlockBytes));
    for (auto& [path, column] : columns_) {
      const std::string bytes = column.Encode(row_count_);
      column = {};
      if (bytes.empty()) {
        directory.complete = false;
        continue;
      }
      directory.entries.push_back({.path = path, .bytes = static_cast<uint32_t>(bytes.size())});
      STRATA_RETURN_IF_ERROR(writer.Append(BytesOf(bytes)));
      STRATA_RETURN_IF_ERROR(writer.EndBlock());
    }
    STRATA_RETURN_IF_ERROR(writer.End());
  }
  STRATA_RETURN_IF_ERROR(writer.Begin(kAttributeDirectory, kAttributeBlockBytes));
  STRATA_RETURN_IF_ERROR(writer.Append(BytesOf(EncodeDirectory(directory))));
  return writer.End();
}

}  // namespace strata
