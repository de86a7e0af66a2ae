#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "env/memory_env.h"
#include "file/block_cache.h"
#include "lsm/segment.h"
#include "lsm/segment_writer.h"

namespace strata {

// A record to put into a segment, and what must come out again.
struct SampleRecord {
  std::string key;
  std::string metadata;
  std::optional<std::string> text;
  std::vector<float> vector;  // Empty: none.

  friend bool operator==(const SampleRecord&, const SampleRecord&) = default;
};

inline constexpr DatabaseId kSampleDatabase = {1, 2, 3, 4};

inline FileHeader SampleHeader(FileNumber file) {
  return {.kind = FileKind::kSegment, .database = kSampleDatabase, .file = file, .epoch = 1, .sequence = 1};
}

// Writes `records`, whose keys ascend, as a segment.
inline Result<uint64_t> WriteSegment(Env* env, FileNumber file, uint32_t dimension,
                                     const std::vector<SampleRecord>& records) {
  STRATA_ASSIGN_OR_RETURN(auto writer, SegmentWriter::Create(env, SampleHeader(file), dimension));
  for (const SampleRecord& record : records) {
    const auto row = writer->AddRecord(record.key, record.metadata, record.text, !record.vector.empty());
    if (!row) return std::unexpected(row.error());
  }
  STRATA_RETURN_IF_ERROR(writer->EndRecords());
  for (const SampleRecord& record : records) {
    STRATA_RETURN_IF_ERROR(record.vector.empty() ? writer->AddNoVector() : writer->AddVector(record.vector));
  }
  STRATA_RETURN_IF_ERROR(writer->EndVectors());
  return writer->Finish();
}

// All records of a segment with their vectors.
inline Result<std::vector<SampleRecord>> ReadSegment(Segment& segment) {
  std::vector<SampleRecord> records;
  const std::unique_ptr<RowVectors> vectors = segment.Vectors();
  for (Row row = 0; row < segment.row_count(); ++row) {
    STRATA_ASSIGN_OR_RETURN(const StoredRecord stored, segment.Read(row));
    SampleRecord& record = records.emplace_back();
    record.key = stored.key;
    record.metadata = stored.metadata;
    record.text = stored.text;
    if (!vectors->Has(row)) continue;
    STRATA_ASSIGN_OR_RETURN(const float* vector, vectors->Get(row));
    record.vector.assign(vector, vector + segment.dimension());
  }
  return records;
}

// A disk in memory and a cache, with segments on it.
class SegmentTestBase : public testing::Test {
 protected:
  std::shared_ptr<Segment> MakeSegment(FileNumber file, uint32_t dimension,
                                       const std::vector<SampleRecord>& records) {
    const Result<uint64_t> bytes = WriteSegment(&env_, file, dimension, records);
    if (!bytes) {
      ADD_FAILURE() << bytes.error().message();
      return nullptr;
    }
    Result<std::shared_ptr<Segment>> segment = Segment::Open(&env_, cache_.get(), file, kSampleDatabase);
    if (!segment) {
      ADD_FAILURE() << segment.error().message();
      return nullptr;
    }
    EXPECT_EQ((*segment)->file_bytes(), *bytes);
    return *segment;
  }

  MemoryEnv env_{{.can_crash = false}};
  std::unique_ptr<BlockCache> cache_ = BlockCache::Create(8 << 20);
};

}  // namespace strata
