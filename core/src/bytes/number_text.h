#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace strata {

// Doubles as text. number_text.cc asks the standard library; in WebAssembly bindings/wasm/number_text.cc asks
// JavaScript instead, whose conversions are exact too and need not be downloaded.

// The double nearest to `json_number`, which is a number as RFC 8259 writes it; nothing if none is near: it
// would be infinite, or zero though it has other digits than 0.
std::optional<double> NearestDouble(std::string_view json_number);

// The shortest digits that read back as `value`, which is finite, laid out as ECMA-262's Number::toString
// does: 0.000001, 1e-7, 100, 1e+21; "0" for both zeros.
std::string ShortestText(double value);

}  // namespace strata
