#include "file/file_header.h"

#include "env/memory_env.h"
#include "support/files.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

using testing::HasSubstr;

FileHeader SampleHeader() {
  FileHeader header{.kind = FileKind::kLog, .version = 1, .file = 7, .epoch = 3, .sequence = 12};
  for (uint8_t i = 0; i < 16; ++i) header.database[i] = static_cast<uint8_t>(0xa0 + i);
  return header;
}

// The example of docs/formats/file-header.md.
TEST(FileHeaderTest, IsTheBytesThatTheFormatPageShows) {
  EXPECT_EQ(Hex(EncodeFileHeader(SampleHeader())),
            "53 54 52 41 54 41 44 42 01 00 02 00 00 00 00 00\n"
            "a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 aa ab ac ad ae af\n"
            "07 00 00 00 00 00 00 00 03 00 00 00 00 00 00 00\n"
            "0c 00 00 00 00 00 00 00 2a 37 f5 8d 67 e7 41 0d");
}

TEST(FileHeaderTest, DecodesToWhatWasEncoded) {
  EXPECT_THAT(DecodeFileHeader(EncodeFileHeader(SampleHeader()), FileKind::kLog, 7),
              IsOkAndHolds(SampleHeader()));
}

TEST(FileHeaderTest, EveryFlippedBitIsCorruption) {
  auto bytes = EncodeFileHeader(SampleHeader());
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    const std::byte flipped = std::byte{1} << bit % 8;
    bytes[bit / 8] ^= flipped;
    EXPECT_THAT(DecodeFileHeader(bytes, 7), IsError(ErrorCode::kCorruption)) << "bit " << bit;
    bytes[bit / 8] ^= flipped;
  }
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THAT(DecodeFileHeader(std::span(bytes).first(size), 7), IsError(ErrorCode::kCorruption));
  }
}

TEST(FileHeaderTest, TellsKindAndNumberOfAnotherFile) {
  const auto bytes = EncodeFileHeader(SampleHeader());
  EXPECT_THAT(
      DecodeFileHeader(bytes, FileKind::kManifest, 7),
      IsErrorSaying(ErrorCode::kCorruption, HasSubstr("00000007.strata: header: kind is 2, expected 3")));
  EXPECT_THAT(DecodeFileHeader(bytes, FileKind::kLog, 8),
              IsErrorSaying(ErrorCode::kCorruption, HasSubstr("file 7")));
}

TEST(FileHeaderTest, AWholeHeaderOfANewerVersionIsUnsupported) {
  FileHeader header = SampleHeader();
  header.version = kFormatVersion + 1;
  EXPECT_THAT(DecodeFileHeader(EncodeFileHeader(header), 7),
              IsErrorSaying(ErrorCode::kUnsupportedFormat, HasSubstr("format 2")));
}

TEST(FileHeaderTest, AKindThatDoesNotExistIsCorruptionEvenWithTheRightChecksum) {
  for (const int kind : {0, 6, 255}) {
    FileHeader header = SampleHeader();
    header.kind = static_cast<FileKind>(kind);
    EXPECT_THAT(DecodeFileHeader(EncodeFileHeader(header), 7), IsError(ErrorCode::kCorruption));
  }
}

TEST(FileHeaderTest, AFileWhoseCreationWasCutHasNone) {
  MemoryEnv env;
  EXPECT_THAT(ReadFileHeader(&env, 7), IsError(ErrorCode::kNotFound));
  WriteFile(&env, 7, {});
  EXPECT_THAT(ReadFileHeader(&env, 7), IsOkAndHolds(std::nullopt));
  WriteFile(&env, 7, std::vector<std::byte>(5000));  // Grown, but none of the bytes arrived.
  EXPECT_THAT(ReadFileHeader(&env, 7), IsOkAndHolds(std::nullopt));
  auto bytes = EncodeFileHeader(SampleHeader());
  WriteFile(&env, 7, bytes);
  EXPECT_THAT(ReadFileHeader(&env, 7), IsOkAndHolds(testing::Optional(SampleHeader())));
  bytes[0] ^= std::byte{1};
  WriteFile(&env, 7, bytes);
  EXPECT_THAT(ReadFileHeader(&env, 7), IsError(ErrorCode::kCorruption));
}

}  // namespace
}  // namespace strata
