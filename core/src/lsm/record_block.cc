#include "lsm/record_block.h"

#include <cassert>

#include "bytes/little_endian.h"
#include "lsm/segment_format.h"

namespace strata {
namespace {

constexpr size_t kOffsetBytes = 2;
constexpr size_t kCountBytes = 2;
constexpr size_t kHeadBytes = 3;  // Flags, then the size of the key, which follows.
constexpr size_t kMetadataSizeBytes =
    2;                              // In an ordinary record: then metadata, and to the record's end text.
constexpr size_t kLargeBytes = 12;  // In a large one: the three numbers of LargeValue.

size_t EncodedBytes(const RecordView& record) {
  const size_t value_bytes =
      record.large ? kLargeBytes
                   : kMetadataSizeBytes + record.metadata.size() + record.text.value_or("").size();
  return kHeadBytes + record.key.size() + value_bytes;
}

template <typename T>
void AppendNumber(std::string& bytes, T value) {
  std::byte encoded[sizeof(T)];
  StoreLittleEndian(value, encoded);
  bytes.append(reinterpret_cast<const char*>(encoded), sizeof(T));
}

std::string_view Text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

bool RecordBlockBuilder::FitsAlone(const RecordView& record) {
  return EncodedBytes(record) + kOffsetBytes + kCountBytes <= kRecordBlockBytesMax;
}

bool RecordBlockBuilder::Fits(const RecordView& record) const {
  if (offsets_.empty()) return FitsAlone(record);
  const size_t table_bytes = (offsets_.size() + 1) * kOffsetBytes + kCountBytes;
  return bytes_.size() + EncodedBytes(record) + table_bytes <= kRecordBlockBytesMax;
}

void RecordBlockBuilder::Add(const RecordView& record) {
  assert(Fits(record));
  if (offsets_.empty()) bytes_.clear();  // What Finish() left.
  offsets_.push_back(static_cast<uint16_t>(bytes_.size()));
  const int flags = (record.text ? kRecordHasText : 0) | (record.large ? kRecordIsLarge : 0);
  bytes_.push_back(static_cast<char>(flags));
  AppendNumber(bytes_, static_cast<uint16_t>(record.key.size()));
  bytes_ += record.key;
  if (record.large) {
    AppendNumber(bytes_, record.large->metadata_bytes);
    AppendNumber(bytes_, record.large->text_bytes);
    AppendNumber(bytes_, record.large->first_block);
  } else {
    AppendNumber(bytes_, static_cast<uint16_t>(record.metadata.size()));
    bytes_ += record.metadata;
    bytes_ += record.text.value_or("");
  }
}

std::string_view RecordBlockBuilder::Finish() {
  for (const uint16_t offset : offsets_) AppendNumber(bytes_, offset);
  AppendNumber(bytes_, static_cast<uint16_t>(offsets_.size()));
  offsets_.clear();
  return bytes_;
}

std::optional<RecordBlockView> RecordBlockView::Parse(std::span<const std::byte> bytes, uint32_t row_count) {
  const size_t table_bytes = size_t{row_count} * kOffsetBytes + kCountBytes;
  if (row_count > kRecordBlockBytesMax || bytes.size() > kRecordBlockBytesMax || bytes.size() < table_bytes)
    return {};
  if (LoadLittleEndian<uint16_t>(bytes.last(kCountBytes).data()) != row_count) return {};
  RecordBlockView view;
  view.records_ = bytes.first(bytes.size() - table_bytes);
  view.offsets_ = bytes.subspan(view.records_.size());
  view.row_count_ = row_count;
  return view;
}

size_t RecordBlockView::Offset(uint32_t index) const {
  if (index == row_count_) return records_.size();
  return LoadLittleEndian<uint16_t>(offsets_.data() + index * kOffsetBytes);
}

std::optional<RecordView> RecordBlockView::Record(uint32_t index) const {
  assert(index < row_count_);
  const size_t begin = Offset(index);
  const size_t end = Offset(index + 1);
  if (begin > end || end > records_.size()) return {};
  std::span<const std::byte> rest = records_.subspan(begin, end - begin);

  if (rest.size() < kHeadBytes) return {};
  const auto flags = static_cast<uint8_t>(rest[0]);
  const size_t key_bytes = LoadLittleEndian<uint16_t>(rest.data() + 1);
  rest = rest.subspan(kHeadBytes);
  if (flags > (kRecordHasText | kRecordIsLarge) || rest.size() < key_bytes) return {};

  RecordView record;
  record.key = Text(rest.first(key_bytes));
  rest = rest.subspan(key_bytes);
  const bool has_text = (flags & kRecordHasText) != 0;
  if (has_text) record.text.emplace();

  if ((flags & kRecordIsLarge) != 0) {
    if (rest.size() != kLargeBytes) return {};
    record.large = LargeValue{.metadata_bytes = LoadLittleEndian<uint32_t>(rest.data()),
                              .text_bytes = LoadLittleEndian<uint32_t>(rest.data() + 4),
                              .first_block = LoadLittleEndian<uint32_t>(rest.data() + 8)};
    return has_text || record.large->text_bytes == 0 ? std::optional(record) : std::nullopt;
  }
  if (rest.size() < kMetadataSizeBytes) return {};
  const size_t metadata_bytes = LoadLittleEndian<uint16_t>(rest.data());
  rest = rest.subspan(kMetadataSizeBytes);
  if (rest.size() < metadata_bytes || (!has_text && rest.size() != metadata_bytes)) return {};
  record.metadata = Text(rest.first(metadata_bytes));
  if (has_text) record.text = Text(rest.subspan(metadata_bytes));
  return record;
}

}  // namespace strata
