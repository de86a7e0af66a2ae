#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "env/deadline.h"
#include "file/section_file.h"
#include "quant/distance_source.h"
#include "strata/inspect.h"
#include "strata/result.h"

namespace strata {

// The codes that a quantizer made of a segment's rows, and the quantizer. Immutable.
class RowCodes {
 public:
  virtual ~RowCodes() = default;

  virtual size_t memory_bytes() const = 0;

  // Measures rows by their codes. The source must not outlive this object; `query` may go at once.
  virtual std::unique_ptr<DistanceSource> ForQuery(std::span<const float> query) const = 0;

  // For inspection.
  virtual Codebook codebook() const = 0;

  // Writes sections of code_sections.h.
  virtual Result<void> Save(SectionWriter& writer) const = 0;
};

// Trains a quantizer on rows and codes them all, in bounded steps. The same rows and seed give the same
// codes.
class RowCoder {
 public:
  virtual ~RowCoder() = default;

  // Works until the deadline, at least a little; true when done.
  virtual Result<bool> Step(const Deadline& deadline) = 0;
  virtual double progress() const = 0;  // In [0, 1].
  virtual size_t memory_bytes() const = 0;

  // Once, after Step() said true.
  virtual std::unique_ptr<RowCodes> Finish() = 0;
};

}  // namespace strata
