#include "collection/filter_rows.h"

#include "bytes/json.h"
#include "filter/evaluate.h"

namespace strata {
namespace {

class SegmentMetadata final : public AttributeIndex::MetadataSource {
 public:
  explicit SegmentMetadata(Segment* segment) : segment_(segment) {}
  Result<std::string_view> Metadata(Row row) override {
    STRATA_ASSIGN_OR_RETURN(stored_, segment_->Read(row));
    return stored_.metadata;
  }

 private:
  Segment* segment_;
  StoredRecord stored_;  // Pins the block that the view points into.
};

}  // namespace

Result<RowBitmap> LiveMatches(const SegmentHandle& handle, const Expression* filter) {
  RowBitmap live = *handle.dead;
  live.Invert();
  if (filter == nullptr) return live;
  SegmentMetadata metadata(handle.segment.get());
  STRATA_ASSIGN_OR_RETURN(const RowBitmap& selected, handle.attributes->Select(*filter, metadata));
  live.And(selected);
  return live;
}

Result<bool> MatchesRecord(const MemRecord& record, const Expression* filter) {
  if (filter == nullptr) return true;
  STRATA_ASSIGN_OR_RETURN(const JsonValue& metadata, ParseMetadata(record.metadata));
  return Matches(*filter, metadata);
}

}  // namespace strata
