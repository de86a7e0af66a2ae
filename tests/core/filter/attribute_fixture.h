#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bytes/json.h"
#include "env/memory_env.h"
#include "file/section_file.h"
#include "filter/attribute_index.h"
#include "filter/evaluate.h"
#include "support/result_matchers.h"

namespace strata {

inline constexpr FileNumber kAttributeFile = 7;

// Writes a section file that holds nothing but the attribute index of `rows`, each one record's metadata.
inline Result<void> WriteAttributes(Env* env, const std::vector<std::string>& rows,
                                    std::optional<std::vector<std::string>> indexed = std::nullopt) {
  AttributeIndexBuilder builder(static_cast<uint32_t>(rows.size()), std::move(indexed));
  for (Row row = 0; row < rows.size(); ++row) STRATA_RETURN_IF_ERROR(builder.Add(row, rows[row]));
  FileHeader header;
  header.kind = FileKind::kSegment;
  header.file = kAttributeFile;
  STRATA_ASSIGN_OR_RETURN(auto writer, SectionWriter::Create(env, header));
  STRATA_RETURN_IF_ERROR(builder.Write(*writer));
  STRATA_RETURN_IF_ERROR(writer->Finish());
  return {};
}

inline Result<std::unique_ptr<AttributeIndex>> OpenAttributes(Env* env, size_t row_count) {
  STRATA_ASSIGN_OR_RETURN(auto sections,
                          SectionReader::Open(env, nullptr, FileKind::kSegment, kAttributeFile));
  return AttributeIndex::Open(std::move(sections), static_cast<uint32_t>(row_count));
}

class RowsSource final : public AttributeIndex::MetadataSource {
 public:
  explicit RowsSource(const std::vector<std::string>* rows) : rows_(rows) {}
  Result<std::string_view> Metadata(Row row) override { return (*rows_)[row]; }

 private:
  const std::vector<std::string>* rows_;
};

// What Select() must answer: each row evaluated on its own.
inline RowBitmap MatchingRows(const Expression& expression, const std::vector<std::string>& rows) {
  RowBitmap matching(static_cast<uint32_t>(rows.size()));
  for (Row row = 0; row < rows.size(); ++row) {
    if (Matches(expression, *ParseMetadata(rows[row]))) matching.Set(row);
  }
  return matching;
}

}  // namespace strata
