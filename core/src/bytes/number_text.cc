#include "bytes/number_text.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <iterator>

namespace strata {

std::optional<double> NearestDouble(std::string_view json_number) {
  double value = 0;
  const auto read = std::from_chars(json_number.data(), json_number.data() + json_number.size(), value);
  if (read.ec != std::errc()) return std::nullopt;
  return value;
}

std::string ShortestText(double value) {
  if (value == 0) return "0";
  char shortest[32];
  const auto written =
      std::to_chars(shortest, std::end(shortest), std::fabs(value), std::chars_format::scientific);
  const std::string_view text(shortest, static_cast<size_t>(written.ptr - shortest));
  const size_t e = text.find('e');
  const int exponent = std::atoi(std::string(text.substr(e + 1)).c_str());
  std::string digits(1, text[0]);
  if (e > 2) digits += text.substr(2, e - 2);
  const int count = static_cast<int>(digits.size());

  // The branches of Number::toString, where n = exponent + 1 and k = count.
  std::string out = value < 0 ? "-" : "";
  if (exponent < -6 || exponent >= 21) {
    out += digits[0];
    if (count > 1) out += '.' + digits.substr(1);
    out += exponent < 0 ? "e-" : "e+";
    return out + std::to_string(std::abs(exponent));
  }
  if (exponent < 0) return out + "0." + std::string(static_cast<size_t>(-exponent - 1), '0') + digits;
  if (exponent + 1 >= count)
    return out + digits + std::string(static_cast<size_t>(exponent + 1 - count), '0');
  return out + digits.insert(static_cast<size_t>(exponent + 1), ".");
}

}  // namespace strata
