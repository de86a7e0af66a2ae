#include "text/inverted_index_builder.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <protozero/buffer_string.hpp>
#include <protozero/varint.hpp>
#include <span>

#include "text/for_each_term.h"

namespace strata {
namespace {

constexpr size_t kBytesPerStep = 65536;

std::span<const std::byte> BytesOf(std::string_view text) { return std::as_bytes(std::span(text)); }

template <typename Number>
void AppendNumber(Number value, std::string* out) {
  char bytes[sizeof(value)];
  std::memcpy(bytes, &value, sizeof(value));
  out->append(bytes, sizeof(value));
}

void AppendVarint(uint64_t value, std::string* out) { protozero::add_varint_to_buffer(out, value); }

}  // namespace

void InvertedIndexBuilder::Add(Row row, std::string_view text) {
  assert(row >= lengths_.size() && !lists_begun_);
  const uint32_t length = ForEachTerm(text, [&](const std::string& term) {
    const auto known = terms_.find(term);
    (known != terms_.end() ? known->second : terms_[term]).Count(row);
  });
  if (length == 0) return;
  lengths_.resize(size_t{row} + 1);
  lengths_.back() = length;
  ++totals_.documents;
  totals_.words += length;
}

Result<bool> InvertedIndexBuilder::Write(uint32_t row_count, SectionWriter& writer) {
  assert(row_count >= lengths_.size());
  if (!terms_.empty()) {
    if (!lists_begun_) STRATA_RETURN_IF_ERROR(writer.Begin(kTextPostings, kPostingsBlockBytes));
    lists_begun_ = true;
    STRATA_RETURN_IF_ERROR(WriteLists(writer));
    return false;
  }
  if (lists_begun_) {
    STRATA_RETURN_IF_ERROR(writer.End());
    STRATA_RETURN_IF_ERROR(dictionary_.Write(writer));
  }
  STRATA_RETURN_IF_ERROR(WriteRest(row_count, writer));
  return true;
}

Result<void> InvertedIndexBuilder::WriteLists(SectionWriter& writer) {
  for (size_t written = 0; written < kBytesPerStep && !terms_.empty();) {
    const auto first = terms_.begin();
    first->second.End();
    const PostingsWriter& postings = first->second.postings();
    const size_t bytes = postings.bytes().size();
    const PostingsPlace begin = place_.BeginOf(bytes);
    if (begin.block != place_.block) STRATA_RETURN_IF_ERROR(writer.EndBlock());
    STRATA_RETURN_IF_ERROR(writer.Append(BytesOf(postings.bytes())));
    place_ = begin.After(bytes);
    if (place_.offset == 0) STRATA_RETURN_IF_ERROR(writer.EndBlock());
    dictionary_.Add(first->first, postings.row_count(), bytes, begin);
    written += bytes;
    terms_.erase(first);
  }
  return {};
}

Result<void> InvertedIndexBuilder::WriteRest(uint32_t row_count, SectionWriter& writer) {
  lengths_.resize(row_count);
  STRATA_RETURN_IF_ERROR(writer.Begin(kTextLengths, kRowsPerLengthBlock * sizeof(uint32_t)));
  STRATA_RETURN_IF_ERROR(writer.Append(std::as_bytes(std::span(lengths_))));
  STRATA_RETURN_IF_ERROR(writer.End());

  std::string directory;
  AppendNumber(row_count, &directory);
  AppendNumber(static_cast<uint32_t>(totals_.documents), &directory);
  AppendNumber(totals_.words, &directory);
  AppendNumber(dictionary_.block_count(), &directory);
  AppendNumber(kTokenizerVersion, &directory);
  assert(directory.size() == kTextDirectoryHeaderBytes);
  directory += dictionary_.EncodeFirstTerms();
  STRATA_RETURN_IF_ERROR(writer.Begin(kTextDirectory, kTextDirectoryBlockBytes));
  STRATA_RETURN_IF_ERROR(writer.Append(BytesOf(directory)));
  return writer.End();
}

void InvertedIndexBuilder::Dictionary::Add(std::string_view term, uint32_t row_count, uint64_t bytes,
                                           const PostingsPlace& begin) {
  const auto entry_after = [&](std::string_view last) {
    const auto shared = static_cast<size_t>(std::ranges::mismatch(last, term).in1 - last.begin());
    std::string entry;
    AppendVarint(shared, &entry);
    AppendVarint(term.size() - shared, &entry);
    entry += term.substr(shared);
    AppendVarint(row_count, &entry);
    AppendVarint(bytes, &entry);
    return entry;
  };
  std::string entry = entry_after(last_term_);
  if (block_begins_.empty() || bytes_.size() - block_begins_.back() + entry.size() > kDictionaryBlockBytes) {
    block_begins_.push_back(bytes_.size());
    first_terms_.emplace_back(term);
    AppendVarint(begin.block, &bytes_);
    AppendVarint(begin.offset, &bytes_);
    entry = entry_after("");
  }
  bytes_ += entry;
  last_term_ = term;
}

Result<void> InvertedIndexBuilder::Dictionary::Write(SectionWriter& writer) const {
  STRATA_RETURN_IF_ERROR(writer.Begin(kTextDictionary, kDictionaryBlockBytes));
  for (size_t i = 0; i < block_begins_.size(); ++i) {
    const size_t end = i + 1 < block_begins_.size() ? block_begins_[i + 1] : bytes_.size();
    STRATA_RETURN_IF_ERROR(
        writer.Append(BytesOf(std::string_view(bytes_).substr(block_begins_[i], end - block_begins_[i]))));
    STRATA_RETURN_IF_ERROR(writer.EndBlock());
  }
  return writer.End();
}

std::string InvertedIndexBuilder::Dictionary::EncodeFirstTerms() const {
  std::string ends, terms;
  for (const std::string& term : first_terms_) {
    terms += term;
    AppendNumber(static_cast<uint32_t>(terms.size()), &ends);
  }
  return ends + terms;
}

}  // namespace strata
