#include <algorithm>
#include <string>
#include <vector>

#include "strata/record.h"
#include "support/files.h"
#include "support/random.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

std::string HexKey(const RecordId& id) { return Hex(BytesOf(EncodeKey(id).value())); }

TEST(KeyTest, IsTheBytesThatTheFormatPageShows) {
  EXPECT_EQ(HexKey(int64_t{0}), "01 80 00 00 00 00 00 00 00");
  EXPECT_EQ(HexKey(int64_t{1}), "01 80 00 00 00 00 00 00 01");
  EXPECT_EQ(HexKey(int64_t{-1}), "01 7f ff ff ff ff ff ff ff");
  EXPECT_EQ(HexKey(kIdIntegerMax), "01 80 1f ff ff ff ff ff ff");
  EXPECT_EQ(HexKey(std::string("1")), "02 31");
  EXPECT_EQ(HexKey(std::string("b\u00e9")), "02 62 c3 a9");
}

TEST(KeyTest, DecodesToTheIdItWasMadeFrom) {
  for (const RecordId& id : {RecordId(int64_t{0}), RecordId(int64_t{-1}), RecordId(kIdIntegerMax),
                             RecordId(-kIdIntegerMax), RecordId("1"), RecordId("__proto__"),
                             RecordId(std::string("a\0b", 3)), RecordId(std::string(kIdBytesMax, 'x'))}) {
    EXPECT_THAT(DecodeKey(EncodeKey(id).value()), IsOkAndHolds(id));
  }
}

// The specification of the order, in plain words: integers before strings, by value, by bytes.
bool Before(const RecordId& a, const RecordId& b) {
  if (a.index() != b.index()) return a.index() < b.index();
  if (const auto* integer = std::get_if<int64_t>(&a)) return *integer < std::get<int64_t>(b);
  return std::get<std::string>(a) < std::get<std::string>(b);
}

TEST(KeyTest, OrdersAsIdsDo) {
  Random random(7);
  std::vector<RecordId> ids = {kIdIntegerMax, -kIdIntegerMax, int64_t{0}, int64_t{-1}, int64_t{1},
                               "a",           "aa",           "\x7f"};
  for (int i = 0; i < 200; ++i) {
    const int bits = static_cast<int>(random.Below(53));
    const auto magnitude = static_cast<int64_t>(random.Next() >> (11 + bits));
    ids.emplace_back(random.Below(2) == 0 ? magnitude : -magnitude);
    ids.emplace_back(std::string(1 + random.Below(3), static_cast<char>('a' + random.Below(3))));
  }
  for (const RecordId& a : ids) {
    for (const RecordId& b : ids) {
      ASSERT_EQ(EncodeKey(a).value() < EncodeKey(b).value(), Before(a, b));
    }
  }
}

TEST(KeyTest, RefusesIdsThatNoRecordCanHave) {
  EXPECT_THAT(EncodeKey(kIdIntegerMax + 1), IsError(ErrorCode::kInvalidArgument));
  EXPECT_THAT(EncodeKey(-kIdIntegerMax - 1), IsError(ErrorCode::kInvalidArgument));
  EXPECT_THAT(EncodeKey(std::string()), IsError(ErrorCode::kInvalidArgument));
  EXPECT_THAT(EncodeKey(std::string(kIdBytesMax + 1, 'x')), IsError(ErrorCode::kInvalidArgument));
  EXPECT_THAT(EncodeKey(std::string("\xed\xa0\x80")),
              IsError(ErrorCode::kInvalidArgument));  // A lone surrogate.
}

TEST(KeyTest, RefusesBytesThatEncodeKeyNeverMakes) {
  using std::string_literals::operator""s;
  for (const std::string& key :
       {""s, "\x01"s, "\x02"s, "\x03x"s, "\x01\x80\0\0\0\0\0\0"s, "\x01\xff\0\0\0\0\0\0\0"s,
        "\x01\x80\0\0\0\0\0\0\0\0"s, "\x02\xff"s, "\x02"s + std::string(kIdBytesMax + 1, 'x')}) {
    EXPECT_THAT(DecodeKey(key), IsError(ErrorCode::kCorruption)) << Hex(BytesOf(key));
  }
}

}  // namespace
}  // namespace strata
