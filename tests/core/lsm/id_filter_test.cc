#include "lsm/id_filter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace strata {
namespace {

std::vector<uint64_t> HashesOf(const char* prefix, int count) {
  std::vector<uint64_t> hashes;
  for (int i = 0; i < count; ++i) hashes.push_back(IdFilter::HashOf(prefix + std::to_string(i)));
  return hashes;
}

TEST(IdFilterTest, EveryKeyThatWasAddedPasses) {
  for (const int count : {1, 2, 23, 24, 25, 1000, 50000}) {
    const std::vector<uint64_t> hashes = HashesOf("key", count);
    const IdFilter filter = IdFilter::Build(hashes);
    for (const uint64_t hash : hashes) ASSERT_TRUE(filter.MayContain(hash)) << count << " keys";
  }
}

// The class comment says 0.9%; measured here 0.935%. Keys and hash are fixed, so it does not vary.
TEST(IdFilterTest, FewKeysThatWereNotAddedPass) {
  const IdFilter filter = IdFilter::Build(HashesOf("key", 50000));
  int passed = 0;
  const std::vector<uint64_t> absent = HashesOf("other", 200000);
  for (const uint64_t hash : absent) passed += filter.MayContain(hash);
  RecordProperty("false_hits", passed);
  EXPECT_LT(passed, 200000 * 0.0095);
}

TEST(IdFilterTest, AnEmptyOneContainsNothing) {
  EXPECT_FALSE(IdFilter::Build({}).MayContain(0));
  EXPECT_FALSE(IdFilter::Decode({}).MayContain(IdFilter::HashOf("a")));
  EXPECT_EQ(IdFilter::EncodedBytes(0), 0u);
}

TEST(IdFilterTest, DecodingGivesTheSameFilter) {
  const std::vector<uint64_t> hashes = HashesOf("key", 1000);
  const IdFilter filter = IdFilter::Build(hashes);
  EXPECT_EQ(filter.Encode().size(), IdFilter::EncodedBytes(1000));
  const IdFilter decoded = IdFilter::Decode(filter.Encode());
  for (const uint64_t hash : hashes) ASSERT_TRUE(decoded.MayContain(hash));
  for (const uint64_t hash : HashesOf("other", 1000)) {
    ASSERT_EQ(decoded.MayContain(hash), filter.MayContain(hash));
  }
}

}  // namespace
}  // namespace strata
