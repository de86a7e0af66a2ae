#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace strata {

// Where a value that fits no record block lies: metadata, then text, in consecutive blocks of
// kLargeBlockBytes.
struct LargeValue {
  uint32_t metadata_bytes = 0;
  uint32_t text_bytes = 0;
  uint32_t first_block = 0;  // In section kSegmentRecords.
};

// A record as it lies in a block. With `large`, `metadata` and `text` are empty views and `text` says only
// whether there is one.
struct RecordView {
  std::string_view key;
  std::string_view metadata;
  std::optional<std::string_view> text;
  std::optional<LargeValue> large;
};

// Packs records into one block: the records one after another, then where each begins, then their number, so
// that any of them is found in O(1). Layout in docs/formats/segment.md.
class RecordBlockBuilder {
 public:
  // Whether `record` fits the block as it stands, and whether it would fit an empty one. A record with
  // `large` always fits an empty one, as keys are at most kIdBytesMax + 1 bytes.
  bool Fits(const RecordView& record) const;
  static bool FitsAlone(const RecordView& record);

  void Add(const RecordView& record);  // Which Fits().
  size_t row_count() const { return offsets_.size(); }

  // The finished block; the builder is empty again. The view is good until the next Add().
  std::string_view Finish();

 private:
  std::string bytes_;
  std::vector<uint16_t> offsets_;
};

// A view of a finished block. Believes nothing: Record() answers only for a record that lies wholly in its
// place.
class RecordBlockView {
 public:
  RecordBlockView() = default;

  // Nothing if the block cannot hold `row_count` records.
  static std::optional<RecordBlockView> Parse(std::span<const std::byte> bytes, uint32_t row_count);

  uint32_t row_count() const { return row_count_; }
  // Nothing if it is malformed. O(1).
  std::optional<RecordView> Record(uint32_t index) const;

 private:
  size_t Offset(uint32_t index) const;

  std::span<const std::byte> records_;  // Without the offsets.
  std::span<const std::byte> offsets_;
  uint32_t row_count_ = 0;
};

}  // namespace strata
