#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "env/memory_env.h"
#include "index/memory_rows.h"
#include "quant/product_codes.h"
#include "support/result_matchers.h"

namespace strata {

inline CollectionOptions PqOptions(uint32_t dimension, Metric metric, uint32_t slices = 0, uint32_t bits = 4,
                                   bool rotate = false) {
  return {.dimension = dimension,
          .metric = metric,
          .index = IndexType::kFlat,
          .quantization = Quantization::kPq,
          .pq_slices = slices,
          .pq_bits = bits,
          .pq_rotate = rotate};
}

inline std::unique_ptr<ProductCodes> CodeByProducts(const CollectionOptions& options, MemoryRows& rows) {
  MemoryEnv clock;
  ProductCoder coder(options, 1, &rows);
  while (true) {
    const Result<bool> done = coder.Step(Deadline(&clock, 1'000'000));
    EXPECT_THAT(done, IsOk());
    if (!done || *done) break;
  }
  std::unique_ptr<RowCodes> codes = coder.Finish();
  return std::unique_ptr<ProductCodes>(static_cast<ProductCodes*>(codes.release()));
}

// The mean squared distance of the rows that have a vector from what their codes stand for.
inline double CodingError(const ProductCodes& codes, const MemoryRows& rows) {
  const ProductQuantizer& quantizer = codes.quantizer();
  const uint32_t d = quantizer.shape().dimension;
  std::vector<float> prepared(d), decoded(d);
  std::vector<uint8_t> code(quantizer.shape().code_bytes());
  double sum = 0;
  for (Row row = 0; row < rows.row_count(); ++row) {
    quantizer.Prepare(rows.Vector(row).data(), 1, prepared.data());
    codes.Get(row, code.data());
    quantizer.Decode(code.data(), decoded.data());
    for (uint32_t i = 0; i < d; ++i) {
      const double difference = double{prepared[i]} - decoded[i];
      sum += difference * difference;
    }
  }
  return sum / rows.row_count();
}

}  // namespace strata
