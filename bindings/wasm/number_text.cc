// bytes/number_text.h by JavaScript's own conversions.
#include "bytes/number_text.h"

#include <emscripten/em_js.h>

#include <cmath>

namespace strata {
namespace {

// Addresses arrive in JavaScript as signed numbers.
EM_JS(double, strata_number_value, (const char* text, size_t bytes), {
  // Digit by digit: a number may have more of them than a call may have arguments.
  let digits = "";
  for (let i = 0; i < bytes; ++i) digits += String.fromCharCode(HEAPU8[(text >>> 0) + i]);
  return Number(digits);
});
// At most 25 characters: a sign, 17 digits, a point, and "e-324" or leading zeros.
EM_JS(size_t, strata_number_text, (double value, char* out), {
  const text = String(value);
  for (let i = 0; i < text.length; ++i) HEAPU8[(out >>> 0) + i] = text.charCodeAt(i);
  return text.length;
});

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
