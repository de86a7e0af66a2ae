#include <algorithm>
#include <cassert>
#include <vector>

#include "bytes/append.h"
#include "bytes/checksum.h"
#include "file/section_table.h"

namespace strata {
namespace {

constexpr size_t kBufferBytes = 256u << 10;

class SectionFileWriter final : public SectionWriter {
 public:
  SectionFileWriter(Env* env, const FileHeader& header) : env_(env), header_(header) {
    const auto bytes = EncodeFileHeader(header);
    buffer_.assign(bytes.begin(), bytes.end());
  }

  Result<void> Begin(SectionId id, uint32_t block_bytes) override {
    assert(!open_ && block_bytes >= 1 && block_bytes <= kBlockBytesMax);
    assert(std::ranges::find(sections_, id, &SectionInfo::id) == sections_.end());
    buffer_.resize(buffer_.size() + static_cast<size_t>(AlignToSection(offset()) - offset()));
    sections_.push_back({.id = id, .blocks = {}, .bytes = 0});
    block_bytes_ = block_bytes;
    block_offset_ = offset();
    open_ = true;
    return {};
  }

  Result<void> Append(std::span<const std::byte> bytes) override {
    assert(open_);
    while (!bytes.empty()) {
      const size_t room = block_bytes_ - open_block_bytes();
      const auto part = bytes.first(std::min(room, bytes.size()));
      AppendAll(part, &buffer_);
      bytes = bytes.subspan(part.size());
      if (part.size() == room) STRATA_RETURN_IF_ERROR(EndBlock());
    }
    return {};
  }

  Result<void> EndBlock() override {
    assert(open_);
    const size_t bytes = open_block_bytes();
    if (bytes == 0) return {};
    SectionInfo& section = sections_.back();
    section.blocks.push_back({.offset = block_offset_,
                              .bytes = static_cast<uint32_t>(bytes),
                              .checksum = Checksum(std::span(buffer_).last(bytes), block_offset_)});
    section.bytes += bytes;
    block_offset_ = offset();
    return buffer_.size() >= kBufferBytes ? WriteBuffer() : Result<void>();
  }

  Result<void> End() override {
    STRATA_RETURN_IF_ERROR(EndBlock());
    open_ = false;
    return {};
  }

  Result<uint64_t> Finish() override {
    assert(!open_);
    const auto table = EncodeSectionTable(header_, sections_, offset());
    AppendAll(table, &buffer_);
    STRATA_RETURN_IF_ERROR(WriteBuffer());
    STRATA_RETURN_IF_ERROR(env_->Sync(header_.file));
    STRATA_RETURN_IF_ERROR(env_->SyncNames());
    return written_;
  }

 private:
  uint64_t offset() const { return written_ + buffer_.size(); }
  size_t open_block_bytes() const { return static_cast<size_t>(offset() - block_offset_); }

  Result<void> WriteBuffer() {
    STRATA_RETURN_IF_ERROR(env_->WriteAt(header_.file, written_, buffer_));
    written_ += buffer_.size();
    buffer_.clear();
    return {};
  }

  Env* env_;
  FileHeader header_;
  std::vector<SectionInfo> sections_;
  std::vector<std::byte> buffer_;  // What comes after `written_`; holds all of the open block.
  uint64_t written_ = 0;
  uint64_t block_offset_ = 0;  // Where the open block begins.
  uint32_t block_bytes_ = 0;
  bool open_ = false;  // Between Begin() and End().
};

}  // namespace

Result<std::unique_ptr<SectionWriter>> SectionWriter::Create(Env* env, const FileHeader& header) {
  STRATA_RETURN_IF_ERROR(env->Create(header.file));
  return std::make_unique<SectionFileWriter>(env, header);
}

}  // namespace strata
