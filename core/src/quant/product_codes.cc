#include "quant/product_codes.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "quant/code_sections.h"
#include "quant/product_source.h"

namespace strata {
namespace {

// Rows of kRows codes are read 16 bytes at a time.
constexpr size_t kRowAlignment = 16;

size_t PaddedBytes(size_t code_bytes) {
  return (code_bytes + kRowAlignment - 1) / kRowAlignment * kRowAlignment;
}

}  // namespace

ProductCodes::Layout ProductCodes::LayoutFor(const CollectionOptions& options) {
  return options.index == IndexType::kFlat && options.pq_bits == 4 ? Layout::kBlocks : Layout::kRows;
}

ProductCodes::ProductCodes(ProductQuantizer quantizer, Layout layout, uint32_t row_count)
    : quantizer_(std::move(quantizer)),
      layout_(layout),
      row_count_(row_count),
      code_bytes_(layout == Layout::kRows ? PaddedBytes(quantizer_.shape().code_bytes())
                                          : quantizer_.shape().code_bytes()) {
  const size_t rows =
      layout == Layout::kRows ? row_count : (size_t{row_count} + kScanRows - 1) / kScanRows * kScanRows;
  codes_.resize(rows * code_bytes_);
}

const uint8_t* ProductCodes::First(Row row) const {
  if (layout_ == Layout::kRows) return &codes_[size_t{row} * code_bytes_];
  return Block(row / kScanRows) + row % kScanRows;
}

void ProductCodes::Set(Row row, const uint8_t* code) {
  uint8_t* const first = codes_.data() + (First(row) - codes_.data());
  for (size_t i = 0; i < quantizer_.shape().code_bytes(); ++i) first[i * byte_distance()] = code[i];
}

void ProductCodes::Get(Row row, uint8_t* code) const {
  const uint8_t* const first = First(row);
  for (size_t i = 0; i < quantizer_.shape().code_bytes(); ++i) code[i] = first[i * byte_distance()];
}

std::unique_ptr<DistanceSource> ProductCodes::ForQuery(std::span<const float> query) const {
  const ProductShape& shape = quantizer_.shape();
  std::vector<float> prepared(shape.dimension);
  quantizer_.Prepare(query.data(), 1, prepared.data());
  RowMajorMatrixXf table(shape.slice_count, shape.centroid_count());
  [[maybe_unused]] const Result<void> filled = quantizer_.FillDistanceTable(prepared, table);
  assert(filled);
  if (shape.bits == 8) return std::make_unique<TableSource>(this, std::move(table));
  return std::make_unique<FastScanSource>(this, table);
}

Codebook ProductCodes::codebook() const {
  const ProductShape& shape = quantizer_.shape();
  Codebook book{.type = "pq",
                .dimension = shape.dimension,
                .slice_count = shape.slice_count,
                .centroid_count = shape.centroid_count(),
                .rotated = shape.rotated};
  for (uint32_t j = 0; j < shape.slice_count; ++j) {
    const CentroidColumns centroids = quantizer_.Centroids(j);
    for (size_t c = 0; c < centroids.count; ++c) {
      for (size_t i = 0; i < centroids.width; ++i) {
        book.centroids.push_back(centroids.components[i * centroids.count + c]);
      }
    }
  }
  return book;
}

Result<void> ProductCodes::Save(SectionWriter& writer) const {
  STRATA_RETURN_IF_ERROR(WriteBytes(writer, index_section::kQuantizer, quantizer_.Serialize()));
  const size_t code_bytes = quantizer_.shape().code_bytes();
  std::vector<uint8_t> rows(code_bytes * row_count_);
  for (Row row = 0; row < row_count_; ++row) Get(row, rows.data() + row * code_bytes);
  return WriteBytes(writer, index_section::kCodes, std::as_bytes(std::span(rows)));
}

Result<std::unique_ptr<ProductCodes>> ProductCodes::Load(const CollectionOptions& options, uint32_t row_count,
                                                         SectionReader& reader) {
  STRATA_RETURN_IF_ERROR(ExpectBytes(reader, index_section::kQuantizer,
                                     ProductQuantizer::SerializedBytes(ProductShape::For(options))));
  STRATA_ASSIGN_OR_RETURN(const std::vector<std::byte>& bytes, reader.ReadSection(index_section::kQuantizer));
  STRATA_ASSIGN_OR_RETURN(ProductQuantizer && quantizer, ProductQuantizer::Parse(options, bytes));
  const size_t code_bytes = quantizer.shape().code_bytes();
  STRATA_RETURN_IF_ERROR(ExpectBytes(reader, index_section::kCodes, uint64_t{code_bytes} * row_count));
  std::vector<uint8_t> rows(code_bytes * row_count);
  STRATA_RETURN_IF_ERROR(reader.ReadSection(index_section::kCodes, std::as_writable_bytes(std::span(rows))));
  auto codes = std::make_unique<ProductCodes>(std::move(quantizer), LayoutFor(options), row_count);
  for (Row row = 0; row < row_count; ++row) codes->Set(row, rows.data() + row * code_bytes);
  return codes;
}

ProductCoder::ProductCoder(const CollectionOptions& options, uint64_t seed, RowVectors* rows)
    : rows_(rows), layout_(ProductCodes::LayoutFor(options)) {
  trainer_.emplace(options.metric, ProductShape::For(options), seed, rows);
}

Result<bool> ProductCoder::Step(const Deadline& deadline) {
  while (trainer_) {
    STRATA_ASSIGN_OR_RETURN(const bool trained, trainer_->Step());
    if (trained) {
      codes_ = std::make_unique<ProductCodes>(trainer_->Finish(), layout_, rows_->row_count());
      trainer_.reset();
    }
    if (deadline.Passed()) return false;
  }
  while (next_ < rows_->row_count()) {
    STRATA_RETURN_IF_ERROR(CodeRun());
    if (deadline.Passed()) break;
  }
  return next_ == rows_->row_count();
}

// Codes the next rows, as many as are read together and few enough for a short step.
Result<void> ProductCoder::CodeRun() {
  constexpr size_t kStepRows = 32;
  const ProductQuantizer& quantizer = codes_->quantizer();
  const size_t d = quantizer.shape().dimension;
  STRATA_ASSIGN_OR_RETURN(const std::span<const float> run, rows_->Run(next_));
  const size_t row_count = std::min(kStepRows, run.size() / d);
  std::vector<float> prepared(row_count * d);
  quantizer.Prepare(run.data(), row_count, prepared.data());
  std::vector<uint8_t> code(quantizer.shape().code_bytes());
  for (size_t i = 0; i < row_count; ++i, ++next_) {
    if (!rows_->Has(next_)) continue;
    quantizer.Encode(&prepared[i * d], code.data());
    codes_->Set(next_, code.data());
  }
  return {};
}

// Training is taken for a third of the work.
double ProductCoder::progress() const {
  if (trainer_) return trainer_->progress() / 3;
  return rows_->row_count() == 0 ? 1 : (1 + 2.0 * next_ / rows_->row_count()) / 3;
}

size_t ProductCoder::memory_bytes() const {
  return (trainer_ ? trainer_->memory_bytes() : 0) + (codes_ ? codes_->memory_bytes() : 0);
}

}  // namespace strata
