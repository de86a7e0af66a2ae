#include "file/block_cache.h"

#include <algorithm>
#include <list>
#include <string>
#include <utility>

#include "support/files.h"
#include "support/random.h"
#include "support/result_matchers.h"

namespace strata {
namespace {

// Loads blocks that say which they are, and counts.
class Storage {
 public:
  explicit Storage(BlockCache* cache) : cache_(cache) {}

  Result<BlockRef> Get(FileNumber file, uint64_t offset, size_t bytes,
                       Admission admission = Admission::kAlways) {
    return cache_->Get(file, offset, bytes, admission, [&](std::span<std::byte> out) -> Result<void> {
      ++loads;
      const std::string text = Text(file, offset, bytes);
      std::ranges::copy(BytesOf(text), out.begin());
      return {};
    });
  }

  static std::string Text(FileNumber file, uint64_t offset, size_t bytes) {
    std::string text = std::to_string(file) + "@" + std::to_string(offset) + " ";
    text.resize(bytes, '.');
    return text;
  }

  int loads = 0;

 private:
  BlockCache* cache_;
};

constexpr size_t kBlock = 4096;
constexpr size_t kRoomForThree = 3 * (kBlock + 256);

TEST(BlockCacheTest, LoadsABlockOnceWhileItFits) {
  const auto cache = BlockCache::Create(kRoomForThree);
  Storage storage(cache.get());
  for (int i = 0; i < 3; ++i) {
    STRATA_ASSERT_OK_AND_ASSIGN(const BlockRef block, storage.Get(1, 64, kBlock));
    EXPECT_EQ(TextOf(block.bytes()), Storage::Text(1, 64, kBlock));
  }
  EXPECT_EQ(storage.loads, 1);
  EXPECT_EQ(cache->stats().hits, 2u);
  EXPECT_EQ(cache->stats().misses, 1u);
}

TEST(BlockCacheTest, TellsFilesAndOffsetsApart) {
  const auto cache = BlockCache::Create(kRoomForThree);
  Storage storage(cache.get());
  for (const auto& [file, offset] : {std::pair<FileNumber, uint64_t>{1, 64}, {2, 64}, {1, 128}}) {
    EXPECT_EQ(TextOf(storage.Get(file, offset, kBlock)->bytes()), Storage::Text(file, offset, kBlock));
  }
  EXPECT_EQ(storage.loads, 3);
}

TEST(BlockCacheTest, EvictsTheLeastRecentlyUsed) {
  const auto cache = BlockCache::Create(kRoomForThree);
  Storage storage(cache.get());
  for (const uint64_t offset : {1, 2, 3, 1, 4}) ASSERT_THAT(storage.Get(1, offset, kBlock), IsOk());
  EXPECT_EQ(storage.loads, 4);  // 4 took the place of 2.
  for (const uint64_t offset : {1, 3, 4}) ASSERT_THAT(storage.Get(1, offset, kBlock), IsOk());
  EXPECT_EQ(storage.loads, 4);
  ASSERT_THAT(storage.Get(1, 2, kBlock), IsOk());
  EXPECT_EQ(storage.loads, 5);
}

TEST(BlockCacheTest, APinnedBlockOutlivesItsEvictionAndTheCache) {
  auto cache = BlockCache::Create(kRoomForThree);
  Storage storage(cache.get());
  STRATA_ASSERT_OK_AND_ASSIGN(BlockRef pinned, storage.Get(1, 1, kBlock));
  const std::byte* where = pinned.bytes().data();
  for (uint64_t offset = 2; offset < 10; ++offset) ASSERT_THAT(storage.Get(1, offset, kBlock), IsOk());
  BlockRef copy = pinned;
  pinned = BlockRef();
  cache.reset();
  EXPECT_EQ(copy.bytes().data(), where);
  EXPECT_EQ(TextOf(copy.bytes()), Storage::Text(1, 1, kBlock));
  EXPECT_FALSE(pinned);
  EXPECT_TRUE(pinned.bytes().empty());
}

TEST(BlockCacheTest, BlocksAreAligned) {
  const auto cache = BlockCache::Create(kRoomForThree);
  Storage storage(cache.get());
  for (const size_t bytes : {1000u, 1001u, 4096u}) {
    STRATA_ASSERT_OK_AND_ASSIGN(const BlockRef block, storage.Get(1, bytes, bytes));
    EXPECT_EQ(reinterpret_cast<uintptr_t>(block.bytes().data()) % kSimdAlignment, 0u);
  }
}

TEST(BlockCacheTest, AFailedLoadCachesNothing) {
  const auto cache = BlockCache::Create(kRoomForThree);
  EXPECT_THAT(cache->Get(1, 1, kBlock, Admission::kAlways,
                         [](auto) -> Result<void> { return Fail(ErrorCode::kIoError, "no"); }),
              IsError(ErrorCode::kIoError));
  EXPECT_EQ(cache->stats().bytes, 0u);
  Storage storage(cache.get());
  EXPECT_EQ(TextOf(storage.Get(1, 1, kBlock)->bytes()), Storage::Text(1, 1, kBlock));
}

TEST(BlockCacheTest, ABlockLargerThanTheBudgetIsHandedOutUncached) {
  const auto cache = BlockCache::Create(kRoomForThree);
  Storage storage(cache.get());
  ASSERT_THAT(storage.Get(1, 1, kBlock), IsOk());
  EXPECT_EQ(TextOf(storage.Get(1, 2, 100000)->bytes()), Storage::Text(1, 2, 100000));
  ASSERT_THAT(storage.Get(1, 2, 100000), IsOk());
  EXPECT_EQ(storage.loads, 3);
  ASSERT_THAT(storage.Get(1, 1, kBlock), IsOk());  // Not driven out.
  EXPECT_EQ(storage.loads, 3);
}

TEST(BlockCacheTest, WhatIsAdmittedSometimesTakesFreeRoomAtOnce) {
  const auto cache = BlockCache::Create(kRoomForThree);
  Storage storage(cache.get());
  for (const uint64_t offset : {1, 2, 3, 1, 2, 3}) {
    ASSERT_THAT(storage.Get(1, offset, kBlock, Admission::kSometimes), IsOk());
  }
  EXPECT_EQ(storage.loads, 3);
}

// A pass over 800 blocks pushes out about 100 of the 300 that are cached; each of its blocks is right all the
// same.
TEST(BlockCacheTest, APassOverManyBlocksPushesOutOneInEight) {
  const auto cache = BlockCache::Create(kRoomForThree * 100);
  Storage storage(cache.get());
  for (uint64_t offset = 0; offset < 300; ++offset) ASSERT_THAT(storage.Get(1, offset, kBlock), IsOk());
  for (uint64_t offset = 0; offset < 800; ++offset) {
    STRATA_ASSERT_OK_AND_ASSIGN(const BlockRef block, storage.Get(2, offset, kBlock, Admission::kSometimes));
    ASSERT_EQ(TextOf(block.bytes()), Storage::Text(2, offset, kBlock));
  }
  storage.loads = 0;
  for (uint64_t offset = 300; offset-- > 0;) ASSERT_THAT(storage.Get(1, offset, kBlock), IsOk());
  EXPECT_NEAR(storage.loads, 100, 2);
}

// As many rows as fit the cache are wanted again and again, in one order that is longer than the cache: a
// cache that always admitted would have dropped each before it is wanted again.
TEST(BlockCacheTest, WhatIsAdmittedSometimesIsFoundAgainInACycleLongerThanTheCache) {
  const auto cache = BlockCache::Create(kRoomForThree * 100);
  Storage storage(cache.get());
  for (int round = 0; round < 10; ++round) {
    for (uint64_t offset = 0; offset < 400; ++offset) {
      ASSERT_THAT(storage.Get(1, offset, kBlock, Admission::kSometimes), IsOk());
    }
  }
  EXPECT_GT(cache->stats().hits, 10u * 400 / 2);
}

TEST(BlockCacheTest, ForgetsTheBlocksOfOneFile) {
  const auto cache = BlockCache::Create(kRoomForThree);
  Storage storage(cache.get());
  for (const FileNumber file : {1, 2, 1}) ASSERT_THAT(storage.Get(file, 64, kBlock), IsOk());
  cache->Forget(1);
  ASSERT_THAT(storage.Get(2, 64, kBlock), IsOk());
  EXPECT_EQ(storage.loads, 2);
  ASSERT_THAT(storage.Get(1, 64, kBlock), IsOk());
  EXPECT_EQ(storage.loads, 3);
}

TEST(BlockCacheTest, ASmallerBudgetIsKeptAtOnce) {
  const auto cache = BlockCache::Create(kRoomForThree);
  Storage storage(cache.get());
  for (const uint64_t offset : {1, 2, 3}) ASSERT_THAT(storage.Get(1, offset, kBlock), IsOk());
  cache->SetBytesMax(kBlock + 256);
  EXPECT_LE(cache->stats().bytes, kBlock + 256);
  EXPECT_GT(cache->stats().bytes, 0u);
  cache->SetBytesMax(0);
  EXPECT_EQ(cache->stats().bytes, 0u);
  ASSERT_THAT(storage.Get(1, 1, kBlock), IsOk());
  EXPECT_EQ(cache->stats().bytes, 0u);
}

// Against the slow, obvious list of what ought to be cached.
TEST(BlockCacheTest, HoldsWhatAListWithSecondChancesWouldHold) {
  struct Cached {
    uint64_t offset;
    bool used;
  };
  Random random(19);
  const auto cache = BlockCache::Create(kRoomForThree * 4);
  Storage storage(cache.get());
  std::list<Cached> turns;  // Newest first; twelve blocks fit.
  int loads = 0;
  for (int i = 0; i < 5000; ++i) {
    const uint64_t offset = random.Below(5) * random.Below(6);
    const auto found = std::ranges::find(turns, offset, &Cached::offset);
    if (found != turns.end()) {
      found->used = true;
    } else {
      ++loads;
      while (turns.size() == 12) {
        const Cached oldest = turns.back();
        turns.pop_back();
        if (oldest.used) turns.push_front({oldest.offset, false});
      }
      turns.push_front({offset, false});
    }
    ASSERT_EQ(TextOf(storage.Get(9, offset, kBlock)->bytes()), Storage::Text(9, offset, kBlock));
    ASSERT_EQ(storage.loads, loads);
    ASSERT_LE(cache->stats().bytes, cache->stats().bytes_max);
  }
}

}  // namespace
}  // namespace strata
