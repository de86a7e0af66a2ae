#include "lsm/batch.h"

#include <cmath>
#include <limits>

#include "support/files.h"
#include "support/random.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

Batch SampleWrite() {
  Batch batch{.sequence = 12, .client = 0x0102030405060708, .request = 300, .collection = 1};
  batch.ops.push_back({.key = "\x02q", .vector = {1.0f, -2.5f}, .metadata = "{}", .text = "hi"});
  batch.ops.push_back({.erase = true, .key = "\x02w"});
  return batch;
}

Batch SampleCreate() {
  return {.sequence = 1,
          .kind = Batch::Kind::kCreateCollection,
          .collection = 1,
          .name = "books",
          .options = {.dimension = 2, .metric = Metric::kL2, .indexed = std::vector<std::string>{"year"}}};
}

// The examples of docs/formats/log.md.
TEST(BatchTest, IsTheBytesThatTheFormatPageShows) {
  EXPECT_EQ(Hex(BytesOf(EncodeBatch(SampleWrite()))),
            "08 0c 11 08 07 06 05 04 03 02 01 18 ac 02 20 01\n"
            "28 01 42 16 0a 02 02 71 1a 08 00 00 80 3f 00 00\n"
            "20 c0 22 02 7b 7d 2a 02 68 69 42 06 0a 02 02 77\n"
            "10 01");
  EXPECT_EQ(Hex(BytesOf(EncodeBatch(SampleCreate()))),
            "08 01 20 02 28 01 32 05 62 6f 6f 6b 73 3a 15 08\n"
            "02 10 00 18 01 20 10 28 c8 01 30 01 3a 06 0a 04\n"
            "79 65 61 72");
}

void ExpectRoundTrip(const Batch& batch) {
  const std::string bytes = EncodeBatch(batch);
  EXPECT_THAT(DecodeBatch(BytesOf(bytes)), IsOkAndHolds(batch));
}

TEST(BatchTest, DecodesToWhatWasEncoded) {
  ExpectRoundTrip(SampleWrite());
  ExpectRoundTrip(SampleCreate());
  ExpectRoundTrip({.sequence = 3, .kind = Batch::Kind::kDropCollection, .collection = 77});
  ExpectRoundTrip(
      {.sequence = ~uint64_t{0}, .client = 1, .request = ~uint64_t{0}, .collection = ~uint32_t{0}});
}

TEST(BatchTest, TellsAnEmptyTextFromNone) {
  Batch batch{.sequence = 1};
  batch.ops.push_back({.key = "a", .text = ""});
  batch.ops.push_back({.key = "b"});
  ExpectRoundTrip(batch);
}

TEST(BatchTest, TellsNoIndexedKeysFromAllOfThem) {
  for (const auto& indexed :
       {std::optional<std::vector<std::string>>(), std::make_optional<std::vector<std::string>>(),
        std::make_optional<std::vector<std::string>>({"a.b", "", "constructor"})}) {
    CollectionOptions options{.dimension = 3, .indexed = indexed};
    EXPECT_THAT(DecodeOptions(EncodeOptions(options)), IsOkAndHolds(options));
    options.text_index = true;
    EXPECT_THAT(DecodeOptions(EncodeOptions(options)), IsOkAndHolds(options));
  }
}

TEST(BatchTest, KeepsTheBitsOfEveryFloat) {
  Batch batch{.sequence = 1};
  batch.ops.push_back({.key = "a", .vector = {-0.0f, std::numeric_limits<float>::denorm_min(), 3.4e38f}});
  const auto decoded = DecodeBatch(BytesOf(EncodeBatch(batch)));
  ASSERT_THAT(decoded, IsOk());
  EXPECT_TRUE(std::signbit(decoded->ops[0].vector[0]));
  ExpectRoundTrip(batch);
}

TEST(BatchTest, ManyRandomBatchesRoundTrip) {
  Random random(31);
  for (int round = 0; round < 100; ++round) {
    Batch batch{.sequence = random.Next() >> random.Below(64),
                .collection = static_cast<uint32_t>(random.Below(9))};
    for (size_t i = random.Below(20); i > 0; --i) {
      BatchOp op{.erase = random.Below(3) == 0, .key = TextOf(random.Bytes(random.Below(300)))};
      if (!op.erase) {
        op.vector.assign(random.Below(200), static_cast<float>(random.Unit()));
        op.metadata = TextOf(random.Bytes(random.Below(200)));
        if (random.Below(2) == 0) op.text = TextOf(random.Bytes(random.Below(20000)));
      }
      batch.ops.push_back(op);
    }
    ExpectRoundTrip(batch);
  }
}

// Damaged bytes reach the decoder only with a forged checksum; even then they may give an error or some
// batch, but never more memory than they have bytes for, and no crash (the sanitizers watch).
TEST(BatchTest, EveryFlippedByteAndEveryCutEndsOrderly) {
  for (const Batch& batch : {SampleWrite(), SampleCreate()}) {
    const std::string whole = EncodeBatch(batch);
    for (size_t at = 0; at < whole.size(); ++at) {
      for (int value = 0; value < 256; ++value) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(value);
        const auto decoded = DecodeBatch(BytesOf(damaged));
        if (!decoded) {
          EXPECT_THAT(decoded.error().code(),
                      testing::AnyOf(ErrorCode::kCorruption, ErrorCode::kUnsupportedFormat));
        }
      }
      const auto cut = DecodeBatch(BytesOf(whole.substr(0, at)));
      if (cut) {
        EXPECT_NE(*cut, batch);
      }
    }
  }
}

TEST(BatchTest, LengthsPastTheEndAreCorruption) {
  for (const std::string_view bytes :
       {"\x42\xff\xff\xff\xff\x0f", "\x42\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", "\x42\x03\x1a\x80\x80",
        "\x20\x01\x7a\x80\x80\x80\x80\x08"}) {
    EXPECT_THAT(DecodeBatch(BytesOf(bytes)), IsError(ErrorCode::kCorruption));
  }
}

TEST(BatchTest, WhatOnlyANewerVersionWritesIsUnsupported) {
  EXPECT_THAT(DecodeBatch(BytesOf("\x20\x04")), IsError(ErrorCode::kUnsupportedFormat));  // Kind 4.
  EXPECT_THAT(DecodeOptions("\x18\x09"), IsError(ErrorCode::kUnsupportedFormat));         // Index type 9.
  EXPECT_THAT(DecodeOptions("\x08\x80\x80\x40"), IsError(ErrorCode::kCorruption));        // Dimension 2^20.
  EXPECT_THAT(DecodeBatch({}), IsError(ErrorCode::kCorruption));
}

TEST(BatchTest, SkipsFieldsItDoesNotKnow) {
  const std::string bytes = EncodeBatch(SampleWrite()) +
                            "\x78\x05\x82\x01\x03"
                            "abc";
  EXPECT_THAT(DecodeBatch(BytesOf(bytes)), IsOkAndHolds(SampleWrite()));
}

}  // namespace
}  // namespace strata
