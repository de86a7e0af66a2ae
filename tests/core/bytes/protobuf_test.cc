#include "bytes/protobuf.h"

#include <gtest/gtest.h>

#include <protozero/pbf_writer.hpp>
#include <string>
#include <vector>

#include "support/random.h"

namespace strata {
namespace {

using namespace std::string_literals;

// What a reader finds in a message, field by field, or that it is damaged.
Result<std::vector<std::string>> Fields(std::string_view message) {
  return ParseMessage(std::as_bytes(std::span(message)), "test",
                      [](MessageReader& reader) -> Result<std::vector<std::string>> {
                        std::vector<std::string> fields;
                        while (reader.Next()) {
                          fields.push_back(std::to_string(reader.field() >> 3) + ":" +
                                           (reader.field() == BytesField(reader.field() >> 3)
                                                ? std::string(reader.bytes())
                                                : std::to_string(reader.number())));
                        }
                        return fields;
                      });
}

TEST(MessageReaderTest, ReadsWhatProtozeroWrites) {
  std::string message;
  protozero::pbf_writer writer(message);
  writer.add_uint64(1, 0xffffffffffffffff);
  writer.add_fixed64(2, 0x0102030405060708);
  writer.add_fixed32(3, 77);  // Nobody asks for its number, but it must be passed over.
  writer.add_string(4, "text");
  writer.add_string(5, "");
  writer.add_uint32(536870911, 1);
  const auto fields = Fields(message);
  ASSERT_TRUE(fields);
  ASSERT_EQ(fields->size(), 6u);
  EXPECT_EQ((*fields)[0], "1:18446744073709551615");
  EXPECT_EQ((*fields)[1], "2:72623859790382856");
  EXPECT_EQ((*fields)[3], "4:text");
  EXPECT_EQ((*fields)[4], "5:");
  EXPECT_EQ((*fields)[5], "536870911:1");
  EXPECT_TRUE(Fields("")->empty());
}

TEST(MessageReaderTest, DamageIsAnError) {
  const std::string damaged[] = {
      "\x08"s,                                          // A number that is not there,
      "\x08\x80"s,                                      // that does not end,
      "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"s,  // that has 65 bits.
      "\x11\x01\x02\x03\x04\x05\x06\x07"s,              // Seven bytes for eight.
      "\x0a\x02z"s,                                     // A text that is longer than what is left,
      "\x0a\x80\x80\x80\x80\x08"s,                      // by 2^31,
      "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s,  // by 2^64 - 1.
      "\x0b"s,                                          // A group,
      "\x0e"s,                                          // a type that there is not.
      "\x00\x01"s,                                      // Field 0.
      "\x80\x80\x80\x80\x10\x01"s,                      // A field past the last.
  };
  for (const std::string& message : damaged) {
    const auto fields = Fields(message);
    ASSERT_FALSE(fields) << testing::PrintToString(message);
    EXPECT_EQ(fields.error().code(), ErrorCode::kCorruption);
  }
}

TEST(MessageReaderTest, DamageInsideAMessageIsSeenOutside) {
  const std::string message = "\x0a\x02\x08\x80\x10\x01"s;  // Field 1 holds a number that does not end.
  int fields_after = 0;
  const auto parsed =
      ParseMessage(std::as_bytes(std::span(message)), "test", [&](MessageReader& outer) -> Result<void> {
        EXPECT_TRUE(outer.Next());
        MessageReader inner = outer.message();
        EXPECT_FALSE(inner.Next());
        while (outer.Next()) ++fields_after;
        return {};
      });
  EXPECT_FALSE(parsed);
  EXPECT_EQ(fields_after, 0);
}

TEST(MessageReaderTest, ANumberOf33BitsIsNone32) {
  const std::string message = "\x08\xff\xff\xff\xff\x1f"s;
  const auto parsed =
      ParseMessage(std::as_bytes(std::span(message)), "test", [&](MessageReader& reader) -> Result<void> {
        EXPECT_TRUE(reader.Next());
        reader.number32();
        return {};
      });
  EXPECT_FALSE(parsed);
}

TEST(MessageReaderTest, AnyBytesAreReadWithoutHarm) {
  Random random(11);
  for (int i = 0; i < 20000; ++i) {
    std::string bytes(random.Next() % 24, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random.Next());
    (void)Fields(bytes);  // Sanitizers watch.
  }
}

}  // namespace
}  // namespace strata
