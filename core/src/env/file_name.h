#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "strata/env.h"

namespace strata {

// "00000042.strata": the number in at least 8 decimal digits. The name on POSIX, and in every message.
class FileName {
 public:
  explicit FileName(FileNumber file);

  std::string_view view() const { return {text_, size_}; }
  operator MessagePart() const { return view(); }

 private:
  char text_[28];  // 20 digits and the suffix at most.
  uint32_t size_;
};

// The number in a name that FileName makes, or nothing.
std::optional<FileNumber> ParseFileName(std::string_view name);

}  // namespace strata
