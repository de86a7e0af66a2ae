#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "index/deadline.h"
#include "quant/code_rows.h"
#include "quant/scalar_quantizer.h"
#include "strata/inspect.h"
#include "strata/result.h"
#include "vector/row_vectors.h"

namespace strata {

// A quantizer and the codes it made of a segment's rows.
struct CodedRows {
  ScalarQuantizer quantizer;
  CodeRows codes;

  size_t memory_bytes() const { return codes.memory_bytes() + quantizer.minimum().size() * sizeof(float); }
  Codebook codebook() const {
    return {.type = "sq8",
            .dimension = quantizer.dimension(),
            .minimum = quantizer.minimum(),
            .step = std::vector<float>(quantizer.dimension(), quantizer.step())};
  }
};

// Trains a quantizer on rows that are drawn evenly from all, at most about a thousand.
Result<ScalarQuantizer> TrainQuantizer(Metric metric, RowVectors& rows);

// Trains a quantizer on rows and codes them all, in bounded steps.
class RowCoder {
 public:
  // `rows` must outlive this object.
  RowCoder(Metric metric, RowVectors* rows) : metric_(metric), rows_(rows) {}

  // Works until the deadline, at least a little; true when done.
  Result<bool> Step(const Deadline& deadline);
  double progress() const;

  // What was made; valid from the first Step() on, complete once that said true.
  CodedRows& coded() { return *coded_; }
  size_t memory_bytes() const { return coded_ ? coded_->memory_bytes() : 0; }

 private:
  Metric metric_;
  RowVectors* rows_;
  std::optional<CodedRows> coded_;
  Row next_ = 0;
};

}  // namespace strata
