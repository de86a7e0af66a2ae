#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "strata/env.h"

namespace strata {

// "00000042.strata": the number in at least 8 decimal digits. The name on POSIX, and in every message.
std::string FileName(FileNumber file);

// The number in a name that FileName() makes, or nothing.
std::optional<FileNumber> ParseFileName(std::string_view name);

}  // namespace strata
