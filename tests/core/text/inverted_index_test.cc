#include "text/inverted_index.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>
#include <vector>

#include "support/files.h"
#include "text/inverted_index_format.h"
#include "text/postings.h"
#include "text/text_fixture.h"

namespace strata {
namespace {

using Rows = std::map<Row, uint32_t>;  // With the frequency.

Result<Rows> RowsOf(InvertedIndex& index, std::string_view term) {
  STRATA_ASSIGN_OR_RETURN(const PostingList& list, index.Find(term));
  Rows rows;
  PostingsReader reader(list.bytes, list.row_count, index.row_count());
  for (; reader.row() != kNoRow; reader.Next()) rows[reader.row()] = reader.frequency();
  if (reader.damaged() || rows.size() != list.row_count) return Fail(ErrorCode::kCorruption, "list");
  return rows;
}

std::map<std::string, Rows> SlowIndex(const Texts& texts) {
  std::map<std::string, Rows> terms;
  for (Row row = 0; row < texts.size(); ++row) {
    if (texts[row]) ForEachTerm(*texts[row], [&](const std::string& term) { ++terms[term][row]; });
  }
  return terms;
}

// Many terms, so that the dictionary has many blocks; a word in nearly all rows, so that one list has
// several.
Texts ManyTexts(Random& random, size_t count) {
  Texts texts = RandomTexts(random, count);
  for (auto& text : texts) {
    if (text) *text += "everywhere number" + std::to_string(random.Next() % 5000);
  }
  return texts;
}

TEST(InvertedIndexTest, KnowsTheRowsOfEveryTermAndNoOthers) {
  Random random(20261121);
  const Texts texts = ManyTexts(random, 20000);
  MemoryEnv env;
  ASSERT_THAT(WriteTextIndex(&env, texts), IsOk());
  STRATA_ASSERT_OK_AND_ASSIGN(const auto index, OpenTextIndex(&env, texts.size()));
  ASSERT_EQ(index->damage(), std::nullopt);
  const auto expected = SlowIndex(texts);
  ASSERT_GT(expected.size(), 5000u);
  for (const auto& [term, rows] : expected) {
    ASSERT_THAT(RowsOf(*index, term), IsOkAndHolds(rows)) << term;
    ASSERT_THAT(RowsOf(*index, term + "!"), IsOkAndHolds(Rows())) << "just after " << term;
    ASSERT_THAT(RowsOf(*index, term.substr(0, term.size() - 1)),
                IsOkAndHolds(expected.contains(term.substr(0, term.size() - 1))
                                 ? expected.at(term.substr(0, term.size() - 1))
                                 : Rows()));
  }
  EXPECT_THAT(RowsOf(*index, ""), IsOkAndHolds(Rows()));
  EXPECT_LT(index->memory_bytes(), 5000u) << "only what begins each block of the dictionary stays in memory";
}

TEST(InvertedIndexTest, KnowsTheLengthOfEveryTextAndTheirTotals) {
  Random random(20261122);
  const Texts texts = RandomTexts(random, kRowsPerLengthBlock + 100);
  MemoryEnv env;
  ASSERT_THAT(WriteTextIndex(&env, texts), IsOk());
  STRATA_ASSERT_OK_AND_ASSIGN(const auto index, OpenTextIndex(&env, texts.size()));
  TextTotals totals;
  for (Row row = 0; row < texts.size(); ++row) {
    const uint32_t length = texts[row] ? ForEachTerm(*texts[row], [](const std::string&) {}) : 0;
    STRATA_ASSERT_OK_AND_ASSIGN(const TextLengths lengths, index->Lengths(row / kRowsPerLengthBlock));
    ASSERT_EQ(lengths.lengths[row % kRowsPerLengthBlock], length) << row;
    totals.documents += length > 0;
    totals.words += length;
  }
  EXPECT_EQ(index->totals().documents, totals.documents);
  EXPECT_EQ(index->totals().words, totals.words);
}

TEST(InvertedIndexTest, RowsWithoutAnyWordMakeAnIndexWithoutTerms) {
  const Texts texts = {std::nullopt, "", "the of and", "!"};
  MemoryEnv env;
  ASSERT_THAT(WriteTextIndex(&env, texts), IsOk());
  STRATA_ASSERT_OK_AND_ASSIGN(const auto index, OpenTextIndex(&env, texts.size()));
  EXPECT_EQ(index->damage(), std::nullopt);
  EXPECT_EQ(index->totals().documents, 0u);
  EXPECT_THAT(RowsOf(*index, "the"), IsOkAndHolds(Rows()));
}

TEST(InvertedIndexTest, ATextThatIsNotUtf8HasNoWords) {
  const Texts texts = {"word\xff", "word"};
  MemoryEnv env;
  ASSERT_THAT(WriteTextIndex(&env, texts), IsOk());
  STRATA_ASSERT_OK_AND_ASSIGN(const auto index, OpenTextIndex(&env, texts.size()));
  EXPECT_THAT(RowsOf(*index, "word"), IsOkAndHolds(Rows{{1, 1}}));
}

// The worked example of docs/formats/text-index.md, byte by byte. If this fails, files written before can no
// longer be read: raise kFormatVersion or put it back.
TEST(InvertedIndexTest, IsTheBytesThatTheFormatPageShows) {
  const Texts texts = {"Trees and more trees", std::nullopt, "A tree has roots"};
  MemoryEnv env;
  ASSERT_THAT(WriteTextIndex(&env, texts), IsOk());
  STRATA_ASSERT_OK_AND_ASSIGN(const auto sections,
                              SectionReader::Open(&env, nullptr, FileKind::kSegment, kTextFile));
  EXPECT_EQ(Hex(*sections->ReadSection(kTextDirectory)),
            "03 00 00 00 02 00 00 00 04 00 00 00 00 00 00 00\n"
            "01 00 00 00 01 00 00 00 04 00 00 00 72 6f 6f 74");
  EXPECT_EQ(Hex(*sections->ReadSection(kTextDictionary)),
            "00 00 00 04 72 6f 6f 74 01 01 00 04 74 72 65 65\n"
            "02 03");
  EXPECT_EQ(Hex(*sections->ReadSection(kTextPostings)), "04 01 02 02");
  EXPECT_EQ(Hex(*sections->ReadSection(kTextLengths)), "02 00 00 00 00 00 00 00 02 00 00 00");
}

TEST(InvertedIndexDamageTest, AFlippedBitOrACutIsNoticedOrChangesNothing) {
  const Texts texts = {"Trees and more trees", std::nullopt, "A tree has roots", "leaves leave",
                       "roots of trees, trees of roots"};
  MemoryEnv env;
  ASSERT_THAT(WriteTextIndex(&env, texts), IsOk());
  const auto expected = SlowIndex(texts);
  int refused = 0, damaged = 0, failed = 0;
  ForEachDamage(&env, kTextFile, [&](const char*) {
    const auto index = OpenTextIndex(&env, texts.size());
    if (!index) {
      ++refused;
      return;
    }
    if ((*index)->damage()) {
      ASSERT_EQ((*index)->damage()->code(), ErrorCode::kCorruption);
      ++damaged;
      return;
    }
    for (const auto& [term, rows] : expected) {
      const auto found = RowsOf(**index, term);
      if (found) {
        ASSERT_EQ(*found, rows) << term;
      } else {
        ASSERT_EQ(found.error().code(), ErrorCode::kCorruption);
        ++failed;
      }
    }
  });
  EXPECT_GT(refused, 0);
  EXPECT_GT(damaged, 0);
  EXPECT_GT(failed, 0);
}

TEST(InvertedIndexDamageTest, AnIndexOfAnotherNumberOfRowsIsNotUsed) {
  MemoryEnv env;
  ASSERT_THAT(WriteTextIndex(&env, {"one", "two"}), IsOk());
  STRATA_ASSERT_OK_AND_ASSIGN(const auto index, OpenTextIndex(&env, 3));
  EXPECT_NE(index->damage(), std::nullopt);
}

// With checksums out of the way: the sections of a good index with some bytes changed, written anew. Right
// answers are not to be had then, but nothing may be read or written where it must not be; the sanitizers
// watch.
TEST(InvertedIndexDamageTest, SectionsOfAnyBytesAreRefusedOrSafeToUse) {
  Random random(20261123);
  Texts texts;
  for (int i = 0; i < 40; ++i)
    texts.push_back("common word" + std::to_string(i) + " common tree" + std::to_string(i / 3));
  MemoryEnv good;
  ASSERT_THAT(WriteTextIndex(&good, texts), IsOk());
  STRATA_ASSERT_OK_AND_ASSIGN(const auto sections,
                              SectionReader::Open(&good, nullptr, FileKind::kSegment, kTextFile));
  const auto terms = SlowIndex(texts);
  int damaged = 0, failed = 0, answered = 0;
  for (int i = 0; i < 3000; ++i) {
    MemoryEnv env({.can_crash = false});
    FileHeader header;
    header.kind = FileKind::kSegment;
    header.file = kTextFile;
    STRATA_ASSERT_OK_AND_ASSIGN(const auto writer, SectionWriter::Create(&env, header));
    const SectionId victim = static_cast<SectionId>(kTextDirectory + random.Below(4));
    for (SectionId id = kTextDirectory; id <= kTextLengths; ++id) {
      auto bytes = *sections->ReadSection(id);
      if (id == victim) {
        for (size_t changes = 1 + random.Below(3); changes > 0; --changes) {
          bytes[random.Below(bytes.size())] =
              static_cast<std::byte>(random.Below(3) ? random.Below(4) : random.Below(256));
        }
        if (random.Below(5) == 0) bytes.resize(1 + random.Below(bytes.size()));
      }
      ASSERT_THAT(writer->Begin(id, kPostingsBlockBytes), IsOk());
      ASSERT_THAT(writer->Append(bytes), IsOk());
      ASSERT_THAT(writer->End(), IsOk());
    }
    ASSERT_THAT(writer->Finish(), IsOk());
    STRATA_ASSERT_OK_AND_ASSIGN(const auto index, OpenTextIndex(&env, texts.size()));
    if (index->damage()) {
      ++damaged;
      continue;
    }
    for (const auto& [term, rows] : terms) ++(RowsOf(*index, term) ? answered : failed);
  }
  EXPECT_GT(damaged, 0);
  EXPECT_GT(failed, 0);
  EXPECT_GT(answered, 0);
}

}  // namespace
}  // namespace strata
