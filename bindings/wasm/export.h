#pragma once

#include <emscripten/bind.h>

namespace strata {

// The one object of its class in a WebAssembly instance. Each database has an instance of its own, so there
// is nothing to tell objects apart for: JavaScript calls plain functions, and embind's code for classes (a
// quarter of what it adds) is left out.
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

// Lets JavaScript call a method of the only object of its class.
template <auto kMethod>
void Export(const char* name) {
  emscripten::function(name, &Exported<kMethod>::Call);
}

}  // namespace strata
