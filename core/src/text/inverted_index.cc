#include "text/inverted_index.h"

#include <algorithm>
#include <initializer_list>

#include "bytes/little_endian.h"
#include "bytes/protobuf.h"
#include "text/inverted_index_format.h"
#include "text/tokenizer.h"

namespace strata {
namespace {

Failure Damaged(std::initializer_list<MessagePart> what) {
  return Fail(ErrorCode::kCorruption, {"text index: ", Message(what)});
}

std::string_view TextOf(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Takes varints off the front of a dictionary block; damaged() once there was none, or one above its limit.
class NumberTaker {
 public:
  explicit NumberTaker(std::string_view bytes) : left_(bytes) {}

  uint64_t Take(uint64_t max) {
    const std::optional<uint64_t> number = TakeVarint(&left_);
    if (number && *number <= max) return *number;
    damaged_ = true;
    left_ = {};
    return 0;
  }

  // The next `bytes` bytes; nothing, and damage, if there are fewer.
  std::string_view TakeText(uint64_t bytes) {
    if (bytes > left_.size()) {
      damaged_ = true;
      left_ = {};
      return {};
    }
    const std::string_view text = left_.substr(0, static_cast<size_t>(bytes));
    left_.remove_prefix(text.size());
    return text;
  }

  bool done() const { return left_.empty(); }
  bool damaged() const { return damaged_; }

 private:
  std::string_view left_;
  bool damaged_ = false;
};

}  // namespace

Result<std::shared_ptr<InvertedIndex>> InvertedIndex::Open(std::shared_ptr<SectionReader> sections,
                                                           uint32_t row_count) {
  if (!sections->Has(kTextDirectory)) return nullptr;
  std::shared_ptr<InvertedIndex> index(new InvertedIndex(std::move(sections), row_count));
  if (auto read = index->ReadDirectory(); !read) {
    if (read.error().code() != ErrorCode::kCorruption) return PassedError{read.error()};
    index->SetAside(std::move(read).error());
  }
  return index;
}

Result<void> InvertedIndex::ReadDirectory() {
  STRATA_ASSIGN_OR_RETURN(const std::vector<std::byte>& bytes, sections_->ReadSection(kTextDirectory));
  if (bytes.size() < kTextDirectoryHeaderBytes) return Damaged({"its directory is shorter than its header"});
  if (const auto rows = LoadLittleEndian<uint32_t>(bytes.data()); rows != row_count_) {
    return Damaged({"it says ", rows, " rows, the segment has ", row_count_});
  }
  totals_ = {.documents = LoadLittleEndian<uint32_t>(bytes.data() + 4),
             .words = LoadLittleEndian<uint64_t>(bytes.data() + 8)};
  if (totals_.documents > row_count_ || totals_.words < totals_.documents) {
    return Damaged({totals_.documents, " documents of ", totals_.words, " words cannot be"});
  }
  if (const auto version = LoadLittleEndian<uint32_t>(bytes.data() + 20); version != kTokenizerVersion) {
    return Damaged({"its words were cut by version ", version, ", those of queries by ", kTokenizerVersion});
  }
  const std::span<const BlockInfo> lengths = sections_->Blocks(kTextLengths);
  uint64_t length_bytes_left = uint64_t{row_count_} * sizeof(uint32_t);
  for (const BlockInfo& block : lengths) {
    if (block.bytes != std::min<uint64_t>(length_bytes_left, kRowsPerLengthBlock * sizeof(uint32_t))) {
      return Damaged({"its lengths are cut in the wrong places"});
    }
    length_bytes_left -= block.bytes;
  }
  if (length_bytes_left != 0) return Damaged({"it lacks the lengths of some rows"});

  const size_t block_count = LoadLittleEndian<uint32_t>(bytes.data() + 16);
  if (block_count != sections_->Blocks(kTextDictionary).size() ||
      (bytes.size() - kTextDirectoryHeaderBytes) / sizeof(uint32_t) < block_count) {
    return Damaged({"its directory does not fit a dictionary of ", block_count, " blocks"});
  }
  const std::byte* const ends = bytes.data() + kTextDirectoryHeaderBytes;
  first_term_ends_.resize(block_count);
  for (size_t i = 0; i < block_count; ++i) {
    first_term_ends_[i] = LoadLittleEndian<uint32_t>(ends + i * sizeof(uint32_t));
  }
  first_terms_ = TextOf(std::span(bytes).subspan(kTextDirectoryHeaderBytes + block_count * sizeof(uint32_t)));
  for (size_t i = 0; i < block_count; ++i) {
    const bool inside = first_term_ends_[i] > (i == 0 ? 0 : first_term_ends_[i - 1]) &&
                        first_term_ends_[i] <= first_terms_.size();
    if (!inside || (i > 0 && FirstTerm(i) <= FirstTerm(i - 1))) {
      return Damaged({"the first terms of its dictionary blocks are not in order"});
    }
  }
  if (first_terms_.size() != (block_count == 0 ? 0 : first_term_ends_.back())) {
    return Damaged({"its directory is longer than its terms"});
  }
  return {};
}

std::string_view InvertedIndex::FirstTerm(size_t block) const {
  const size_t begin = block == 0 ? 0 : first_term_ends_[block - 1];
  return std::string_view(first_terms_).substr(begin, first_term_ends_[block] - begin);
}

std::optional<size_t> InvertedIndex::BlockOf(std::string_view term) const {
  size_t after = 0;  // Blocks that begin with `term` or one before it.
  for (size_t end = first_term_ends_.size(); after < end;) {
    const size_t middle = after + (end - after) / 2;
    if (FirstTerm(middle) <= term) {
      after = middle + 1;
    } else {
      end = middle;
    }
  }
  if (after == 0) return std::nullopt;
  return after - 1;
}

Result<PostingList> InvertedIndex::Find(std::string_view term) {
  const std::optional<size_t> block = BlockOf(term);
  if (!block) return PostingList{};
  STRATA_ASSIGN_OR_RETURN(const BlockRef& read, sections_->ReadBlock(kTextDictionary, *block));
  STRATA_ASSIGN_OR_RETURN(const std::optional<Entry>& entry, FindInBlock(TextOf(read.bytes()), term));
  if (!entry) return PostingList{};
  return ReadList(*entry);
}

Result<std::optional<InvertedIndex::Entry>> InvertedIndex::FindInBlock(std::string_view bytes,
                                                                       std::string_view term) const {
  const uint64_t bytes_max = sections_->SectionBytes(kTextPostings);
  NumberTaker taker(bytes);
  PostingsPlace place;
  place.block = taker.Take(sections_->Blocks(kTextPostings).size());
  place.offset = static_cast<uint32_t>(taker.Take(kPostingsBlockBytes - 1));
  std::string current;
  while (!taker.done()) {
    const uint64_t shared = taker.Take(current.size());
    const std::string_view rest = taker.TakeText(taker.Take(bytes.size()));
    const auto row_count = static_cast<uint32_t>(taker.Take(row_count_));
    const uint64_t list_bytes = taker.Take(bytes_max);
    if (taker.damaged()) break;
    current.resize(static_cast<size_t>(shared));
    current += rest;
    place = place.BeginOf(list_bytes);
    if (current == term) {
      return Entry{.row_count = row_count, .block = place.block, .offset = place.offset, .bytes = list_bytes};
    }
    if (current > term) return std::nullopt;
    place = place.After(list_bytes);
  }
  if (taker.damaged()) return Damaged({"a block of its dictionary is malformed"});
  return std::nullopt;
}

Result<PostingList> InvertedIndex::ReadList(const Entry& entry) {
  const uint64_t block_count = PostingsPlace::BlocksOf(entry.offset + entry.bytes);
  const uint64_t blocks_there = sections_->Blocks(kTextPostings).size();
  if (block_count == 0 || entry.block > blocks_there || block_count > blocks_there - entry.block) {
    return Damaged({"a list of ", entry.bytes, " bytes is not where its dictionary leads"});
  }
  PostingList list{.row_count = entry.row_count, .bytes = {}, .block = {}};
  STRATA_ASSIGN_OR_RETURN(list.block,
                          sections_->ReadBlocks(kTextPostings, static_cast<size_t>(entry.block),
                                                static_cast<size_t>(block_count), Admission::kAlways));
  if (list.block.bytes().size() < entry.offset + entry.bytes) {
    return Damaged({"a list of ", entry.bytes, " bytes is cut off"});
  }
  list.bytes = list.block.bytes().subspan(entry.offset, static_cast<size_t>(entry.bytes));
  return list;
}

Result<TextLengths> InvertedIndex::Lengths(uint32_t block) {
  TextLengths lengths;
  STRATA_ASSIGN_OR_RETURN(lengths.block, sections_->ReadBlock(kTextLengths, block));
  const std::span<const std::byte> bytes = lengths.block.bytes();
  lengths.lengths =
      std::span(reinterpret_cast<const uint32_t*>(bytes.data()), bytes.size() / sizeof(uint32_t));
  return lengths;
}

}  // namespace strata
