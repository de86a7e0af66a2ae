#pragma once

#include <memory>
#include <span>
#include <vector>

#include "index/vector_index.h"
#include "quant/row_codes.h"

namespace strata {

// No structure at all: a search measures every row, by its code if there are codes, else by its full vector.
// The yardstick of the other indexes. O(rows) a search; memory: the codes.
class FlatIndex final : public VectorIndex {
 public:
  // `codes` may be null: none.
  FlatIndex(const CollectionOptions& options, uint32_t row_count, std::unique_ptr<RowCodes> codes)
      : options_(options), row_count_(row_count), codes_(std::move(codes)) {}

  static Result<std::unique_ptr<VectorIndex>> Load(const CollectionOptions& options, uint32_t row_count,
                                                   SectionReader& reader);

  IndexType type() const override { return IndexType::kFlat; }
  uint32_t row_count() const override { return row_count_; }
  size_t memory_bytes() const override { return codes_ ? codes_->memory_bytes() : 0; }
  Result<std::vector<Candidate>> Search(std::span<const float> query, const WalkParams& params,
                                        const RowBitmap* allowed, RowVectors& rows,
                                        WalkCounters* counters) override;
  Result<std::vector<Candidate>> Trace(std::span<const float> query, const WalkParams& params,
                                       const RowBitmap* allowed, RowVectors& rows,
                                       std::vector<TraceEvent>* events) override;
  Codebook Codes() const override;
  Result<void> Save(SectionWriter& writer) const override;

 private:
  CollectionOptions options_;
  uint32_t row_count_;
  std::unique_ptr<RowCodes> codes_;
};

class FlatIndexBuilder final : public VectorIndexBuilder {
 public:
  // `coder` may be null: no codes.
  FlatIndexBuilder(const IndexBuildOptions& options, RowVectors* rows, std::unique_ptr<RowCoder> coder)
      : options_(options), rows_(rows), coder_(std::move(coder)) {}

  Result<bool> Step(uint64_t micros) override;
  double progress() const override { return coder_ ? coder_->progress() : 1; }
  size_t memory_bytes() const override { return coder_ ? coder_->memory_bytes() : 0; }
  std::unique_ptr<VectorIndex> Finish() override;

 private:
  IndexBuildOptions options_;
  RowVectors* rows_;
  std::unique_ptr<RowCoder> coder_;
};

}  // namespace strata
