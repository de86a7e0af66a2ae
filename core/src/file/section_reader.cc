#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "bytes/checksum.h"
#include "env/file_name.h"
#include "file/section_table.h"

namespace strata {
namespace {

class SectionFileReader final : public SectionReader {
 public:
  SectionFileReader(Env* env, BlockCache* cache, const FileHeader& header, uint64_t file_bytes,
                    std::vector<SectionInfo> sections)
      : env_(env), cache_(cache), header_(header), file_bytes_(file_bytes), sections_(std::move(sections)) {}

  const FileHeader& header() const override { return header_; }
  uint64_t file_bytes() const override { return file_bytes_; }
  bool Has(SectionId id) const override { return Find(id) != nullptr; }

  std::span<const BlockInfo> Blocks(SectionId id) const override {
    const SectionInfo* section = Find(id);
    return section != nullptr ? std::span<const BlockInfo>(section->blocks) : std::span<const BlockInfo>();
  }

  uint64_t SectionBytes(SectionId id) const override {
    const SectionInfo* section = Find(id);
    return section != nullptr ? section->bytes : 0;
  }

  Result<BlockRef> ReadBlocks(SectionId id, size_t first, size_t count, Admission admission) override {
    std::span<const BlockInfo> blocks = Blocks(id);
    if (first + count > blocks.size()) {
      return Fail(ErrorCode::kCorruption, {FileName(header_.file), ": section ", id, " has ", blocks.size(),
                                           " blocks, block ", first + count - 1, " was asked for"});
    }
    blocks = blocks.subspan(first, count);
    const uint64_t offset = blocks.front().offset;
    const size_t bytes = static_cast<size_t>(blocks.back().offset + blocks.back().bytes - offset);
    const auto load = [this, &blocks](std::span<std::byte> out) { return ReadAndCheck(blocks, out); };
    if (cache_ == nullptr) return BlockRef::Load(bytes, load);
    return cache_->Get(header_.file, offset, bytes, admission, load);
  }

  using SectionReader::ReadSection;
  Result<void> ReadSection(SectionId id, std::span<std::byte> out) override {
    if (out.size() != SectionBytes(id)) {
      return Fail(ErrorCode::kInvalidArgument, {FileName(header_.file), ": section ", id, " has ",
                                                SectionBytes(id), " bytes, room is for ", out.size()});
    }
    const std::span<const BlockInfo> blocks = Blocks(id);
    return blocks.empty() ? Result<void>() : ReadAndCheck(blocks, out);
  }

  Result<void> Verify() override {
    uint64_t end = kFileHeaderBytes;
    std::vector<std::byte> bytes;
    for (const SectionInfo& section : sections_) {
      bytes.resize(static_cast<size_t>(AlignToSection(end) - end));
      STRATA_RETURN_IF_ERROR(env_->ReadAt(header_.file, end, bytes));
      if (std::ranges::any_of(bytes, [](std::byte byte) { return byte != std::byte{0}; })) {
        return Fail(ErrorCode::kCorruption,
                    {FileName(header_.file), ": bytes ", end, " to ", AlignToSection(end), " are not zeros"});
      }
      end += bytes.size();
      for (const BlockInfo& block : section.blocks) {
        bytes.resize(block.bytes);
        STRATA_RETURN_IF_ERROR(env_->ReadAt(header_.file, block.offset, bytes));
        STRATA_RETURN_IF_ERROR(Check(block, bytes));
      }
      end += section.bytes;
    }
    return {};
  }

 private:
  const SectionInfo* Find(SectionId id) const {
    const auto found = std::ranges::find(sections_, id, &SectionInfo::id);
    return found != sections_.end() ? &*found : nullptr;
  }

  // `blocks` lie one behind the other, and fill `out`.
  Result<void> ReadAndCheck(std::span<const BlockInfo> blocks, std::span<std::byte> out) const {
    STRATA_RETURN_IF_ERROR(env_->ReadAt(header_.file, blocks.front().offset, out));
    for (const BlockInfo& block : blocks) {
      STRATA_RETURN_IF_ERROR(Check(block, out.first(block.bytes)));
      out = out.subspan(block.bytes);
    }
    return {};
  }

  Result<void> Check(const BlockInfo& block, std::span<const std::byte> bytes) const {
    if (Checksum(bytes, block.offset) == block.checksum) [[likely]]
      return {};
    const auto section = std::ranges::find_if(sections_, [&](const SectionInfo& candidate) {
      return !candidate.blocks.empty() && candidate.blocks.back().offset >= block.offset;
    });
    return Fail(ErrorCode::kCorruption, {FileName(header_.file), ": section ", section->id,
                                         ": wrong checksum of the block at byte ", block.offset});
  }

  Env* env_;
  BlockCache* cache_;
  FileHeader header_;
  uint64_t file_bytes_;
  std::vector<SectionInfo> sections_;
};

}  // namespace

Result<std::shared_ptr<SectionReader>> SectionReader::Open(Env* env, BlockCache* cache, FileKind kind,
                                                           FileNumber file) {
  STRATA_ASSIGN_OR_RETURN(const uint64_t file_bytes, env->Size(file));
  if (file_bytes < kFileHeaderBytes + kSectionTrailerBytes) {
    return Fail(ErrorCode::kCorruption,
                {FileName(file), ": has only ", file_bytes, " bytes, it was never finished or was cut"});
  }
  std::array<std::byte, kFileHeaderBytes> head;
  STRATA_RETURN_IF_ERROR(env->ReadAt(file, 0, head));
  STRATA_ASSIGN_OR_RETURN(const FileHeader& header, DecodeFileHeader(head, kind, file));
  std::array<std::byte, kSectionTrailerBytes> trailer;
  STRATA_RETURN_IF_ERROR(env->ReadAt(file, file_bytes - trailer.size(), trailer));
  STRATA_ASSIGN_OR_RETURN(const uint64_t table_offset, DecodeSectionTrailer(trailer, file, file_bytes));
  std::vector<std::byte> table(static_cast<size_t>(file_bytes - table_offset));
  STRATA_RETURN_IF_ERROR(env->ReadAt(file, table_offset, table));
  STRATA_ASSIGN_OR_RETURN(std::vector<SectionInfo> && sections,
                          DecodeSectionTable(table, header, table_offset));
  return std::make_shared<SectionFileReader>(env, cache, header, file_bytes, std::move(sections));
}

Result<std::vector<std::byte>> SectionReader::ReadSection(SectionId id) {
  std::vector<std::byte> bytes(static_cast<size_t>(SectionBytes(id)));
  STRATA_RETURN_IF_ERROR(ReadSection(id, bytes));
  return bytes;
}

}  // namespace strata
