#include "filter/attribute_index.h"

#include <cassert>
#include <string>

#include "filter/evaluate.h"

namespace strata {

using Kind = Expression::Kind;

Result<std::unique_ptr<AttributeIndex>> AttributeIndex::Open(std::shared_ptr<SectionReader> sections,
                                                             uint32_t row_count) {
  std::unique_ptr<AttributeIndex> index(new AttributeIndex(std::move(sections), row_count));
  if (auto read = index->ReadDirectory(); !read)
    STRATA_RETURN_IF_ERROR(index->NoteDamage(std::move(read).error()));
  index->columns_.resize(index->directory_.entries.size());
  index->column_damaged_.resize(index->directory_.entries.size());
  return index;
}

Result<void> AttributeIndex::ReadDirectory() {
  if (!sections_->Has(kAttributeDirectory)) return {};
  STRATA_ASSIGN_OR_RETURN(const std::vector<std::byte>& bytes, sections_->ReadSection(kAttributeDirectory));
  STRATA_ASSIGN_OR_RETURN(AttributeDirectory && directory, DecodeDirectory(bytes));
  if (directory.row_count != row_count_) {
    return Fail(ErrorCode::kCorruption, {"attribute directory: it says ", directory.row_count,
                                         " rows, the segment has ", row_count_});
  }
  // Where each column lies follows from the sizes of those before it, so these must be those of the blocks.
  const std::span<const BlockInfo> blocks = sections_->Blocks(kAttributeColumns);
  size_t block = 0;
  for (const AttributeDirectory::Entry& entry : directory.entries) {
    uint64_t bytes_found = 0;
    for (const size_t end = block + BlocksOfColumn(entry.bytes); block < end && block < blocks.size();
         ++block) {
      bytes_found += blocks[block].bytes;
    }
    if (bytes_found != entry.bytes)
      return Fail(ErrorCode::kCorruption, "attribute directory: it does not fit the columns");
  }
  directory_ = std::move(directory);
  return {};
}

Result<void> AttributeIndex::NoteDamage(Error error) {
  if (error.code() != ErrorCode::kCorruption) return error;
  if (!damage_) damage_ = std::move(error);
  return {};
}

Result<RowBitmap> AttributeIndex::Select(const Expression& expression, MetadataSource& source) {
  STRATA_ASSIGN_OR_RETURN(RowBounds && bounds, BoundsOf(expression));
  RowBitmap selected = std::move(bounds.certain);
  RowBitmap undecided = selected;
  undecided.Invert();
  undecided.And(bounds.possible);

  rows_evaluated_ = undecided.Count();
  Result<void> status;
  undecided.ForEach([&](Row row) {
    if (!status) return;
    const auto matches = [&]() -> Result<bool> {
      STRATA_ASSIGN_OR_RETURN(const std::string_view text, source.Metadata(row));
      const Result<JsonValue> metadata = ParseMetadata(text);
      if (metadata) return Matches(expression, *metadata);
      return Fail(ErrorCode::kCorruption, {"metadata of row ", row, ": ", metadata.error().message()});
    }();
    if (!matches) {
      status = matches.error();
    } else if (*matches) {
      selected.Set(row);
    }
  });
  STRATA_RETURN_IF_ERROR(std::move(status));
  return selected;
}

// Recursion is bounded by kFilterDepthMax.
Result<RowBounds> AttributeIndex::BoundsOf(const Expression& expression) {
  switch (expression.kind) {
    case Kind::kAnd:
    case Kind::kOr: {
      const bool is_and = expression.kind == Kind::kAnd;
      RowBounds joined{RowBitmap(row_count_, is_and), RowBitmap(row_count_, is_and)};
      for (const Expression& child : expression.children) {
        STRATA_ASSIGN_OR_RETURN(const RowBounds& bounds, BoundsOf(child));
        is_and ? joined.And(bounds) : joined.Or(bounds);
        if (is_and && joined.possible.Count() == 0) break;
      }
      return joined;
    }
    case Kind::kNot: {
      STRATA_ASSIGN_OR_RETURN(RowBounds && bounds, BoundsOf(expression.children.front()));
      bounds.Invert();
      return bounds;
    }
    default:
      break;
  }
  STRATA_ASSIGN_OR_RETURN(const AttributeColumn* column, ColumnOf(expression.path));
  if (column == nullptr) return RowBounds{RowBitmap(row_count_), RowBitmap(row_count_, true)};
  return BoundsOfTest(expression, *column, row_count_);
}

Result<const AttributeColumn*> AttributeIndex::ColumnOf(std::string_view path) {
  const std::optional<size_t> position = directory_.Find(path);
  if (!position) return directory_.complete ? &absent_ : nullptr;
  std::unique_ptr<const AttributeColumn>& column = columns_[*position];
  if (column || column_damaged_[*position]) return column.get();
  auto read = ReadColumn(directory_.entries[*position]);
  if (!read) {
    STRATA_RETURN_IF_ERROR(NoteDamage(std::move(read).error()));
    column_damaged_[*position] = true;
    return nullptr;
  }
  column = std::move(*read);
  return column.get();
}

Result<std::unique_ptr<const AttributeColumn>> AttributeIndex::ReadColumn(
    const AttributeDirectory::Entry& entry) {
  std::string bytes;
  bytes.reserve(entry.bytes);
  for (size_t i = 0; i < BlocksOfColumn(entry.bytes); ++i) {
    STRATA_ASSIGN_OR_RETURN(const BlockRef& block,
                            sections_->ReadBlock(kAttributeColumns, entry.first_block + i));
    bytes.append(reinterpret_cast<const char*>(block.bytes().data()), block.bytes().size());
  }
  return AttributeColumn::Decode(std::move(bytes), row_count_);
}

size_t AttributeIndex::memory_bytes() const {
  size_t bytes = sizeof(*this);
  for (const AttributeDirectory::Entry& entry : directory_.entries)
    bytes += sizeof(entry) + entry.path.capacity();
  for (const auto& column : columns_) bytes += sizeof(column) + (column ? column->memory_bytes() : 0);
  return bytes;
}

}  // namespace strata
