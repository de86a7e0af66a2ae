#include "index/lsh_index.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "bytes/append.h"
#include "index/index_file.h"
#include "index/index_kinds.h"

namespace strata {
namespace {

namespace section = index_section;

IndexMeta MetaOf(const CollectionOptions& options, uint32_t row_count) {
  return {.type = IndexType::kLsh,
          .quantization = options.quantization,
          .metric = options.metric,
          .dimension = options.dimension,
          .row_count = row_count};
}

// The numbers of section kLshPlan, in order; floats as their bits.
enum PlanWord : size_t {
  kTables,
  kHashes,
  kHashedRows,
  kWidth,
  kDeviation,
  kReach,
  kRows,
  kLongest,
  kPlanWords
};

Failure Damaged(SectionReader& reader, const char* what) {
  return Fail(ErrorCode::kCorruption, {"index file ", reader.header().file, ": lsh: ", what});
}

Result<std::vector<float>> ReadFloats(SectionReader& reader, SectionId id, uint64_t count) {
  STRATA_RETURN_IF_ERROR(ExpectBytes(reader, id, count * sizeof(float)));
  std::vector<float> numbers(static_cast<size_t>(count));
  STRATA_RETURN_IF_ERROR(reader.ReadSection(id, std::as_writable_bytes(std::span(numbers))));
  if (!std::ranges::all_of(numbers, [](float x) { return std::isfinite(x); })) {
    return Damaged(reader, "a direction or shift is not finite");
  }
  return numbers;
}

bool IsPositive(float x) { return std::isnormal(x) && x > 0; }

}  // namespace

LshIndex::LshIndex(const CollectionOptions& options, uint32_t row_count, const LshPlan& plan,
                   LshHashFamily family, LshTables tables, std::unique_ptr<RowCodes> codes)
    : options_(options),
      row_count_(row_count),
      plan_(plan),
      family_(std::move(family)),
      tables_(std::move(tables)),
      codes_(std::move(codes)) {}

size_t LshIndex::memory_bytes() const {
  return family_.memory_bytes() + tables_.memory_bytes() + (codes_ ? codes_->memory_bytes() : 0) +
         visited_.memory_bytes() + probes_.memory_bytes() +
         (point_.capacity() + products_.capacity()) * sizeof(float);
}

Codebook LshIndex::Codes() const { return codes_ ? codes_->codebook() : Codebook{}; }

LshView LshIndex::Lsh() const {
  const auto copy = [](const auto& array) { return std::vector(array.begin(), array.end()); };
  return {.kind = family_.shape().kind == LshKind::kPStable ? "p-stable" : "hyperplanes",
          .tables = plan_.table_count,
          .hashes = plan_.hash_count,
          .dimension = family_.point_dimension(),
          .width = plan_.width,
          .hyperplanes = family_.Directions(),
          .offsets = copy(family_.shifts()),
          .table_buckets = copy(tables_.first_bucket()),
          .keys = copy(tables_.keys()),
          .bucket_rows = copy(tables_.offsets()),
          .rows = copy(tables_.rows())};
}

Result<void> LshIndex::Save(SectionWriter& writer) const {
  STRATA_RETURN_IF_ERROR(WriteMeta(writer, MetaOf(options_, row_count_)));
  if (codes_) STRATA_RETURN_IF_ERROR(codes_->Save(writer));
  uint32_t plan[kPlanWords];
  plan[kTables] = plan_.table_count;
  plan[kHashes] = plan_.hash_count;
  plan[kHashedRows] = tables_.hashed_row_count();
  plan[kWidth] = std::bit_cast<uint32_t>(plan_.width);
  plan[kDeviation] = std::bit_cast<uint32_t>(plan_.deviation);
  plan[kReach] = std::bit_cast<uint32_t>(plan_.reach);
  plan[kRows] = std::bit_cast<uint32_t>(plan_.rows);
  plan[kLongest] = std::bit_cast<uint32_t>(family_.longest());
  STRATA_RETURN_IF_ERROR(WriteArray(writer, section::kLshPlan, plan));
  const std::vector<float> directions = family_.Directions();
  STRATA_RETURN_IF_ERROR(WriteBytes(writer, section::kLshDirections, std::as_bytes(std::span(directions))));
  STRATA_RETURN_IF_ERROR(WriteBytes(writer, section::kLshShifts, std::as_bytes(family_.shifts())));
  STRATA_RETURN_IF_ERROR(WriteArray(writer, section::kLshMultipliers, family_.multipliers()));
  STRATA_RETURN_IF_ERROR(WriteArray(writer, section::kLshFirstBucket, tables_.first_bucket()));
  STRATA_RETURN_IF_ERROR(WriteArray(writer, section::kLshKeys, tables_.keys()));
  STRATA_RETURN_IF_ERROR(WriteArray(writer, section::kLshOffsets, tables_.offsets()));
  return WriteArray(writer, section::kLshRows, tables_.rows());
}

Result<std::unique_ptr<VectorIndex>> LshIndex::Load(const CollectionOptions& options, uint32_t row_count,
                                                    SectionReader& reader) {
  STRATA_RETURN_IF_ERROR(ReadMeta(reader, MetaOf(options, row_count)));
  STRATA_ASSIGN_OR_RETURN(std::unique_ptr<RowCodes> && codes, LoadRowCodes(options, row_count, reader));
  STRATA_ASSIGN_OR_RETURN(const std::vector<uint32_t>& words,
                          ReadArray(reader, section::kLshPlan, kPlanWords));
  const LshPlan plan{.table_count = words[kTables],
                     .hash_count = words[kHashes],
                     .width = std::bit_cast<float>(words[kWidth]),
                     .deviation = std::bit_cast<float>(words[kDeviation]),
                     .reach = std::bit_cast<float>(words[kReach]),
                     .rows = std::bit_cast<float>(words[kRows])};
  const float longest = std::bit_cast<float>(words[kLongest]);
  const LshHashFamily::Shape shape{.kind = LshKindFor(options.metric),
                                   .metric = options.metric,
                                   .dimension = options.dimension,
                                   .table_count = plan.table_count,
                                   .hash_count = plan.hash_count};
  const auto is_asked_for = [](uint32_t found, uint32_t wanted, uint32_t max) {
    return wanted != 0 ? found == wanted : found >= 1 && found <= max;
  };
  if (!is_asked_for(plan.table_count, options.lsh_tables, LshHashFamily::kTableCountMax) ||
      !is_asked_for(plan.hash_count, options.lsh_hashes, LshHashFamily::kHashCountMax)) {
    return Damaged(reader, "not the tables and hashes of the collection");
  }
  const bool has_width = shape.kind == LshKind::kPStable;
  if (!IsPositive(plan.width) || (!has_width && plan.width != 1) || !IsPositive(plan.deviation) ||
      !std::isfinite(plan.reach) || plan.reach < 0 || !std::isfinite(plan.rows) || plan.rows < 0 ||
      !IsPositive(longest)) {
    return Damaged(reader, "an impossible width, deviation, reach or length");
  }

  const uint64_t functions = uint64_t{shape.table_count} * shape.hash_count;
  STRATA_ASSIGN_OR_RETURN(
      const std::vector<float>& directions,
      ReadFloats(reader, section::kLshDirections,
                 functions * LshHashFamily::PointDimension(options.metric, options.dimension)));
  STRATA_ASSIGN_OR_RETURN(std::vector<float> && shifts, ReadFloats(reader, section::kLshShifts, functions));
  STRATA_ASSIGN_OR_RETURN(std::vector<uint32_t> && multipliers,
                          ReadArray(reader, section::kLshMultipliers, functions));
  if (!LshHashFamily::AreMultipliers(shape, multipliers)) {
    return Damaged(reader, "multipliers that cannot make keys");
  }
  LshHashFamily family(shape, longest, plan.width, directions, std::move(shifts), std::move(multipliers));

  STRATA_ASSIGN_OR_RETURN(std::vector<uint32_t> && first_bucket,
                          ReadArray(reader, section::kLshFirstBucket, uint64_t{shape.table_count} + 1));
  const uint64_t buckets = first_bucket.back();
  STRATA_ASSIGN_OR_RETURN(std::vector<uint32_t> && keys, ReadArray(reader, section::kLshKeys, buckets));
  STRATA_ASSIGN_OR_RETURN(std::vector<uint32_t> && offsets,
                          ReadArray(reader, section::kLshOffsets, buckets + 1));
  STRATA_ASSIGN_OR_RETURN(
      std::vector<uint32_t> && in_buckets,
      ReadArray(reader, section::kLshRows, uint64_t{shape.table_count} * words[kHashedRows]));
  STRATA_ASSIGN_OR_RETURN(LshTables && tables,
                          LshTables::FromArrays(row_count, std::move(first_bucket), std::move(keys),
                                                std::move(offsets), std::move(in_buckets)));
  return std::make_unique<LshIndex>(options, row_count, plan, std::move(family), std::move(tables),
                                    std::move(codes));
}

}  // namespace strata
