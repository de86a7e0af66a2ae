#include "lsm/segment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "lsm/segment_fixture.h"
#include "lsm/segment_format.h"
#include "strata/record.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

using testing::HasSubstr;
using testing::Not;

class SegmentTest : public SegmentTestBase {};

std::string Padded(int number) {
  std::string digits = std::to_string(number);
  return "id" + std::string(6 - digits.size(), '0') + digits;
}

std::vector<float> VectorOf(uint32_t dimension, float first) {
  std::vector<float> vector(dimension);
  for (uint32_t i = 0; i < dimension; ++i) vector[i] = first + static_cast<float>(i);
  return vector;
}

// A few of every sort: with and without metadata, text and vector.
std::vector<SampleRecord> MixedRecords(int count, uint32_t dimension) {
  std::vector<SampleRecord> records;
  for (int i = 0; i < count; ++i) {
    SampleRecord& record = records.emplace_back();
    record.key = Padded(i * 2);
    if (i % 3 != 0) record.metadata = "{\"n\":" + std::to_string(i) + "}";
    if (i % 4 == 0) record.text = std::string(static_cast<size_t>(i % 7) * 10, 't');
    if (dimension > 0 && i % 5 != 0) record.vector = VectorOf(dimension, static_cast<float>(i));
  }
  return records;
}

TEST_F(SegmentTest, GivesBackWhatWasWritten) {
  const std::vector<SampleRecord> records = MixedRecords(3000, 7);
  const auto segment = MakeSegment(1, 7, records);
  ASSERT_NE(segment, nullptr);
  EXPECT_EQ(segment->file(), 1u);
  EXPECT_EQ(segment->row_count(), 3000u);
  EXPECT_EQ(segment->vector_count(), 2400u);
  EXPECT_EQ(segment->dimension(), 7u);
  EXPECT_EQ(*ReadSegment(*segment), records);
  EXPECT_THAT(segment->Verify(), IsOk());
}

TEST_F(SegmentTest, FindsEveryKeyAndNoOther) {
  const auto segment = MakeSegment(1, 0, MixedRecords(3000, 0));
  for (int i = 0; i < 6001; ++i) {
    const Result<std::optional<Row>> row = segment->Find(Padded(i));
    ASSERT_THAT(row, IsOk());
    const bool present = i % 2 == 0 && i < 6000;
    ASSERT_EQ(*row, present ? std::optional<Row>(static_cast<Row>(i / 2)) : std::nullopt) << Padded(i);
  }
  EXPECT_EQ(*segment->Find(""), std::nullopt);
  EXPECT_EQ(*segment->Find("zzz"), std::nullopt);
}

TEST_F(SegmentTest, LowerBoundIsTheFirstRowNotLess) {
  const auto segment = MakeSegment(1, 0, MixedRecords(3000, 0));
  for (int i = 0; i < 6001; ++i) {
    ASSERT_EQ(*segment->LowerBound(Padded(i)), static_cast<Row>((i + 1) / 2)) << Padded(i);
  }
  EXPECT_EQ(*segment->LowerBound(""), 0u);
  EXPECT_EQ(*segment->LowerBound("id000"), 0u);
  EXPECT_EQ(*segment->LowerBound("zzz"), 3000u);
}

// Keys and sizes are drawn so that blocks end in all sorts of places; a std::map tells what must be found.
TEST_F(SegmentTest, AgreesWithAMapOnRandomRecords) {
  constexpr uint32_t kSeed = 4711;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  const auto draw_bytes = [&](size_t bytes) {
    std::string text(bytes, ' ');
    for (char& c : text) c = static_cast<char>(random());
    return text;
  };
  std::map<std::string, SampleRecord> model;
  for (int i = 0; i < 2000; ++i) {
    SampleRecord record;
    // Few different bytes, so that many keys share a beginning.
    record.key = std::string(1 + random() % 12, 'a');
    for (char& c : record.key) c = static_cast<char>('a' + random() % 3);
    record.metadata = draw_bytes(random() % 200);
    if (random() % 2 == 0) record.text = draw_bytes(random() % 100 == 0 ? random() % 300000 : random() % 900);
    if (random() % 2 == 0) record.vector = VectorOf(33, static_cast<float>(i));
    model[record.key] = record;
  }
  std::vector<SampleRecord> records;
  for (const auto& [key, record] : model) records.push_back(record);
  const auto segment = MakeSegment(1, 33, records);
  ASSERT_EQ(*ReadSegment(*segment), records);
  EXPECT_THAT(segment->Verify(), IsOk());
  for (int i = 0; i < 5000; ++i) {
    std::string probe(1 + random() % 12, 'a');
    for (char& c : probe) c = static_cast<char>('a' + random() % 3);
    const auto expected = static_cast<Row>(std::distance(model.begin(), model.lower_bound(probe)));
    ASSERT_EQ(*segment->LowerBound(probe), expected) << probe;
    ASSERT_EQ(*segment->Find(probe), model.contains(probe) ? std::optional<Row>(expected) : std::nullopt)
        << probe;
  }
}

TEST_F(SegmentTest, TheLargestAllowedRecordComesBack) {
  std::vector<SampleRecord> records(3);
  records[0] = {.key = "a", .metadata = "{}", .text = "small", .vector = {}};
  records[1] = {.key = std::string(kIdBytesMax + 1, 'b'),
                .metadata = std::string(kMetadataBytesMax, 'm'),
                .text = std::string(kTextBytesMax, 't'),
                .vector = {}};
  records[2] = {.key = "c", .metadata = "", .text = std::nullopt, .vector = {}};
  const auto segment = MakeSegment(1, 0, records);
  EXPECT_EQ(*ReadSegment(*segment), records);
  EXPECT_EQ(*segment->Find(records[1].key), 1u);
}

// 65536 is the size of a block of a large value: one byte less, as much, one more, and two full ones. 16384
// is that of a record block, where values begin to be large.
TEST_F(SegmentTest, ValuesOfEverySizeAroundABlockComeBack) {
  std::vector<SampleRecord> records;
  int number = 0;
  for (const size_t bytes : {65535, 65536, 65537, 131071, 131072, 131073}) {
    records.push_back(
        {.key = Padded(number++), .metadata = "", .text = std::string(bytes, 'x'), .vector = {}});
    records.push_back({.key = Padded(number++),
                       .metadata = std::string(bytes - 9, 'm'),
                       .text = "nine byte",
                       .vector = {}});
    records.push_back(
        {.key = Padded(number++), .metadata = std::string(bytes, 'm'), .text = std::nullopt, .vector = {}});
  }
  for (size_t bytes = 16350; bytes < 16390; ++bytes) {
    records.push_back(
        {.key = Padded(number++), .metadata = "{}", .text = std::string(bytes, 'y'), .vector = {}});
  }
  const auto segment = MakeSegment(1, 0, records);
  EXPECT_EQ(*ReadSegment(*segment), records);
  EXPECT_THAT(segment->Verify(), IsOk());
}

TEST_F(SegmentTest, AnEmptyTextIsNotAMissingOne) {
  const std::string large(20000, 'm');
  const std::vector<SampleRecord> records = {
      {"a", "", "", {}}, {"b", "", std::nullopt, {}}, {"c", large, "", {}}};
  EXPECT_EQ(*ReadSegment(*MakeSegment(1, 0, records)), records);
}

TEST_F(SegmentTest, MayHoldNoRows) {
  for (const uint32_t dimension : {0u, 4u}) {
    const auto segment = MakeSegment(1 + dimension, dimension, {});
    ASSERT_NE(segment, nullptr);
    EXPECT_EQ(segment->row_count(), 0u);
    EXPECT_EQ(*segment->Find("a"), std::nullopt);
    EXPECT_EQ(*segment->LowerBound("a"), 0u);
    EXPECT_THAT(segment->Verify(), IsOk());
  }
}

TEST_F(SegmentTest, KnowsWhichRowsHaveAVector) {
  for (const int every : {1, 2, 1000}) {
    std::vector<SampleRecord> records;
    for (int i = 0; i < 130; ++i) {
      records.push_back(
          {Padded(i), "", std::nullopt, i % every == every - 1 ? VectorOf(3, 1) : std::vector<float>{}});
    }
    const auto segment = MakeSegment(static_cast<FileNumber>(every), 3, records);
    for (Row row = 0; row < 130; ++row) EXPECT_EQ(segment->HasVector(row), !records[row].vector.empty());
    EXPECT_EQ(segment->with_vector().Count(), segment->vector_count());
  }
}

TEST_F(SegmentTest, KeysThatDoNotAscendAreRefused) {
  auto writer = *SegmentWriter::Create(&env_, SampleHeader(1), 0);
  ASSERT_EQ(*writer->AddRecord("b", "", std::nullopt, false), 0u);
  for (const char* key : {"b", "a", ""}) {
    const auto row = writer->AddRecord(key, "", std::nullopt, false);
    EXPECT_THAT(row, IsError(ErrorCode::kCorruption));
  }
  EXPECT_THAT(writer->AddRecord(std::string(kIdBytesMax + 2, 'c'), "", std::nullopt, false), Not(IsOk()));
}

TEST_F(SegmentTest, FindingReadsAtMostOneBlockAndMostAbsentKeysNone) {
  const auto segment = MakeSegment(1, 0, MixedRecords(20000, 0));
  cache_->SetBytesMax(0);  // So that every block read is a miss.
  int absent_reads = 0;
  for (int i = 0; i < 10000; ++i) {
    const uint64_t before = cache_->stats().misses;
    ASSERT_EQ(*segment->Find(Padded(i * 2 + 1)), std::nullopt);
    const uint64_t reads = cache_->stats().misses - before;
    ASSERT_LE(reads, 1u);
    absent_reads += static_cast<int>(reads);
  }
  EXPECT_LE(absent_reads, 130);  // The filter lets 0.9% pass.
  const uint64_t before = cache_->stats().misses;
  ASSERT_TRUE(segment->Find(Padded(1000))->has_value());
  EXPECT_EQ(cache_->stats().misses - before, 1u);
}

TEST_F(SegmentTest, AFileOfAnotherDatabaseIsRefused) {
  ASSERT_THAT(WriteSegment(&env_, 1, 0, MixedRecords(3, 0)), IsOk());
  const auto segment = Segment::Open(&env_, cache_.get(), 1, DatabaseId{9});
  EXPECT_THAT(segment, IsError(ErrorCode::kCorruption));
  EXPECT_THAT(segment, IsErrorSaying(ErrorCode::kCorruption, HasSubstr("another database")));
  EXPECT_THAT(Segment::Open(&env_, cache_.get(), 2, kSampleDatabase), IsError(ErrorCode::kNotFound));
}

TEST_F(SegmentTest, TheWritersOwnSectionsAreKept) {
  auto writer = *SegmentWriter::Create(&env_, SampleHeader(1), 0);
  ASSERT_THAT(writer->AddRecord("a", "", std::nullopt, false), IsOk());
  ASSERT_THAT(writer->EndRecords(), IsOk());
  ASSERT_THAT(writer->EndVectors(), IsOk());
  const std::string own = "attributes";
  ASSERT_THAT(writer->sections().Begin(kSegmentOwnSections + 1, 4096), IsOk());
  ASSERT_THAT(writer->sections().Append(std::as_bytes(std::span(own))), IsOk());
  ASSERT_THAT(writer->sections().End(), IsOk());
  ASSERT_THAT(writer->Finish(), IsOk());
  const auto segment = *Segment::Open(&env_, cache_.get(), 1, kSampleDatabase);
  EXPECT_EQ(segment->row_count(), 1u);
  const auto bytes = *segment->sections()->ReadSection(kSegmentOwnSections + 1);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), own);
}

TEST_F(SegmentTest, AStoredRecordOutlivesTheCacheAndItsOwnCopying) {
  std::vector<SampleRecord> records = MixedRecords(500, 0);
  records.push_back({"z1", std::string(30000, 'm'), "one block", {}});
  records.push_back({"z2", std::string(300000, 'm'), "several", {}});
  const auto segment = MakeSegment(1, 0, records);
  std::vector<StoredRecord> stored;
  for (Row row = 0; row < segment->row_count(); ++row) stored.push_back(*segment->Read(row));
  cache_->SetBytesMax(0);
  for (Row row = 0; row < segment->row_count(); ++row) {
    ASSERT_EQ(stored[row].key, records[row].key);
    ASSERT_EQ(stored[row].metadata, records[row].metadata);
    ASSERT_EQ(stored[row].text, records[row].text);
  }
}

}  // namespace
}  // namespace strata
