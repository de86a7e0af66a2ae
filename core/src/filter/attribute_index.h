#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "bytes/row_bitmap.h"
#include "file/section_file.h"
#include "filter/attribute_column.h"
#include "filter/attribute_format.h"
#include "filter/attribute_index_builder.h"
#include "filter/expression.h"
#include "filter/row_bounds.h"
#include "strata/result.h"

namespace strata {

// Finds the rows of one segment that pass a filter, without looking at most of their metadata.
//
// Per path a column (attribute_column.h) knows each distinct value and its rows. A filter is worked out as
// two sets: rows that certainly pass and rows that possibly do. The algebra of And, Or and Not holds for
// both; where they differ (paths without a column, texts too long for one, arrays and objects compared as a
// whole) the metadata of just these rows decides. So the answer is always that of Matches().
//
// Columns are read when first used, checked whole, and kept. One that is damaged is never used: its rows are
// possible rows, answers stay right and become slow, and damage() tells. Thread-compatible.
class AttributeIndex {
 public:
  // Where the metadata of a row comes from. The view holds until the next call; empty text means {}.
  struct MetadataSource {
    virtual ~MetadataSource() = default;
    virtual Result<std::string_view> Metadata(Row row) = 0;
  };

  // Reads the directory of columns. A damaged or absent one is no error but damage() or an index without
  // columns: only kIoError and its like are. Sections are those of a segment file of `row_count` rows.
  static Result<std::unique_ptr<AttributeIndex>> Open(std::shared_ptr<SectionReader> sections,
                                                      uint32_t row_count);

  // The rows that `expression` matches, dead ones too. kCorruption if metadata that had to be read is not
  // JSON, and whatever `source` and reading the column say. O(rows / 64) a node, plus the rows and values
  // found, plus parsing the metadata of undecided rows.
  Result<RowBitmap> Select(const Expression& expression, MetadataSource& source);

  // What is wrong with this index, if anything was found to be: then some filters are slow until the segment
  // is merged.
  const std::optional<Error>& damage() const { return damage_; }

  // Rows whose metadata the last Select() had to read.
  uint32_t rows_evaluated() const { return rows_evaluated_; }

  size_t memory_bytes() const;

 private:
  AttributeIndex(std::shared_ptr<SectionReader> sections, uint32_t row_count)
      : sections_(std::move(sections)), row_count_(row_count) {}

  Result<void> ReadDirectory();
  Result<RowBounds> BoundsOf(const Expression& expression);
  // The column of `path`, read if need be; null if nothing is known of it: not indexed, or damaged.
  Result<const AttributeColumn*> ColumnOf(std::string_view path);
  Result<std::unique_ptr<const AttributeColumn>> ReadColumn(const AttributeDirectory::Entry& entry);
  // Takes note of an error that means damage; hands back any other.
  Result<void> NoteDamage(Error error);

  std::shared_ptr<SectionReader> sections_;
  uint32_t row_count_;
  AttributeDirectory directory_;
  std::vector<std::unique_ptr<const AttributeColumn>>
      columns_;                       // As in directory_; null: not read yet, or damaged,
  std::vector<bool> column_damaged_;  // and this says which.
  AttributeColumn absent_;            // Of every path that no row has.
  std::optional<Error> damage_;
  uint32_t rows_evaluated_ = 0;
};

}  // namespace strata
