#include "filter/attribute_index_builder.h"

#include <algorithm>
#include <cassert>
#include <span>
#include <utility>

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
    return Fail(ErrorCode::kCorruption,
                "metadata of row " + std::to_string(row) + ": " + metadata.error().message);
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

Result<void> AttributeIndexBuilder::Write(SectionWriter& writer) {
  using Column = std::pair<const std::string, AttributeColumnBuilder>;
  std::vector<Column*> columns;
  for (Column& column : columns_) columns.push_back(&column);
  const auto by_path = [](const Column* a, const Column* b) { return a->first < b->first; };
  if (columns.size() > kAttributeColumnCountMax) {
    std::ranges::sort(columns, [&](const Column* a, const Column* b) {
      const size_t a_rows = a->second.row_count(), b_rows = b->second.row_count();
      return a_rows != b_rows ? a_rows > b_rows : by_path(a, b);
    });
    columns.resize(kAttributeColumnCountMax);
    complete_ = false;
  }
  std::ranges::sort(columns, by_path);

  AttributeDirectory directory{.row_count = row_count_, .complete = complete_, .entries = {}};
  if (!columns.empty()) {
    STRATA_RETURN_IF_ERROR(writer.Begin(kAttributeColumns, kAttributeBlockBytes));
    for (Column* column : columns) {
      const std::string bytes = column->second.Encode(row_count_);
      column->second = {};
      if (bytes.empty()) {
        directory.complete = false;
        continue;
      }
      directory.entries.push_back({.path = column->first, .bytes = static_cast<uint32_t>(bytes.size())});
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
