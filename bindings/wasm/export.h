#pragma once

#include <emscripten/bind.h>

#include <cstdint>
#include <type_traits>

namespace strata {

// The one object of its class in a WebAssembly instance. Each database has an instance of its own, so there
// is nothing to tell objects apart for: JavaScript calls plain functions, and embind need not know classes.
template <typename Object>
Object& OnlyOne() {
  static Object object;
  return object;
}

template <auto kMethod>
struct Exported;

template <typename Object, typename Answer, typename... Arguments, Answer (Object::*kMethod)(Arguments...)>
struct Exported<kMethod> {
  static Answer Call(Arguments... arguments) { return (OnlyOne<Object>().*kMethod)(arguments...); }
};

template <typename Object, typename Answer, typename... Arguments,
          Answer (Object::*kMethod)(Arguments...) const>
struct Exported<kMethod> {
  static Answer Call(Arguments... arguments) { return (OnlyOne<Object>().*kMethod)(arguments...); }
};

// What embind_runtime.cc can pass: numbers. An answer has no 64-bit integer, which would arrive as a signed
// one.
template <typename Answer, typename... Arguments>
constexpr bool PassesNumbers(Answer (*)(Arguments...)) {
  constexpr bool kAnswers = std::is_void_v<Answer> || std::is_floating_point_v<Answer> ||
                            (std::is_integral_v<Answer> && !std::is_same_v<Answer, uint64_t>);
  return kAnswers && (std::is_arithmetic_v<Arguments> && ...);
}

// Lets JavaScript call a method of the only object of its class.
template <auto kMethod>
  requires(PassesNumbers(&Exported<kMethod>::Call))
void Export(const char* name) {
  emscripten::function(name, &Exported<kMethod>::Call);
}

}  // namespace strata
