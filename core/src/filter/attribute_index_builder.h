#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bytes/json.h"
#include "bytes/row_bitmap.h"
#include "file/section_file.h"
#include "filter/attribute_column_builder.h"
#include "strata/result.h"

namespace strata {

// Builds the attribute index of one segment: a column for each path that its metadata has, or for those asked
// for.
//
// Hostile metadata cannot make it grow without bound: it tracks the first kAttributePathsTrackedMax paths,
// and writes the kAttributeColumnCountMax of them that most rows have. Memory: see AttributeColumnBuilder,
// for each path tracked.
class AttributeIndexBuilder {
 public:
  // At most `row_count_max` rows will come. `indexed`: the paths to index; absent: all.
  AttributeIndexBuilder(uint32_t row_count_max, std::optional<std::vector<std::string>> indexed);

  // Once for each row, in the order 0, 1, 2, ... Empty metadata is {}. kCorruption if it is not JSON: it was
  // checked when it was written. The builder is then of no further use.
  Result<void> Add(Row row, std::string_view metadata_json);

  // Writes sections kAttributeDirectory and kAttributeColumns. Once.
  Result<void> Write(SectionWriter& writer);

 private:
  // Drops the columns of the rarest paths if there are too many.
  void KeepMostFrequent();
  void AddMembers(Row row, JsonView root);
  // The column of `path`, made if it is one to index; null otherwise.
  AttributeColumnBuilder* ColumnOf(std::string_view path);

  [[maybe_unused]] uint32_t row_count_max_;  // For an assert.
  bool index_all_;
  bool complete_;  // Every path met has a column.
  uint32_t row_count_ = 0;
  std::map<std::string, AttributeColumnBuilder, std::less<>> columns_;  // By path.
};

}  // namespace strata
