// bytes/number_text.h by JavaScript's own conversions.
#include "bytes/number_text.h"

#include <cmath>

#include "host_import.h"

namespace strata {
namespace {

STRATA_HOST_IMPORT("numberValue") double strata_number_value(const char* text, size_t bytes);
// At most 25 characters: a sign, 17 digits, a point, and "e-324" or leading zeros. Answers how many.
STRATA_HOST_IMPORT("numberText") size_t strata_number_text(double value, char* out);

}  // namespace

std::optional<double> NearestDouble(std::string_view json_number) {
  const double value = strata_number_value(json_number.data(), json_number.size());
  const std::string_view digits = json_number.substr(0, json_number.find_first_of("eE"));
  const bool lost = value == 0 && digits.find_first_of("123456789") != std::string_view::npos;
  if (lost || std::isinf(value)) return std::nullopt;
  return value;
}

std::string ShortestText(double value) {
  char text[32];
  return {text, strata_number_text(value, text)};
}

}  // namespace strata
