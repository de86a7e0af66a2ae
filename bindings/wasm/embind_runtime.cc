// What <emscripten/bind.h> calls, for bindings that are functions on numbers and nothing else (export.h sees
// to that).
//
// Emscripten's own runtime, -lembind, is a JavaScript library for strings, objects and classes as well. A
// page would load 7 kB of it, most of which only registers types that we do not pass: WebAssembly passes
// numbers by itself. So a function is handed to JavaScript (js/src/engine/instantiate.ts) as soon as it is
// declared, with the one thing that its WebAssembly type does not tell: how to read the answer.
#include <emscripten/bind.h>

#include <cstdint>

#include "host_import.h"

namespace {

using emscripten::internal::GenericFunction;
using emscripten::internal::TYPEID;

// The numbers of js/src/engine/instantiate.ts.
enum class Answer : uint32_t { kAsItIs = 0, kUnsigned = 1, kBool = 2 };

// `invoker` takes `function` before the arguments; both are places in the table of functions.
STRATA_HOST_IMPORT("bind")
void strata_bind(const char* name, GenericFunction invoker, GenericFunction function, Answer answer);

template <typename... Types>
bool IsOneOf(TYPEID type) {
  return ((type == emscripten::internal::TypeID<Types>::get()) || ...);
}

}  // namespace

extern "C" {

// InitFunc has declared them already; this would be for threads.
void _embind_register_bindings(emscripten::internal::InitFunc* /*bindings*/) {}

void _embind_register_function(const char* name, unsigned /*type_count*/, const TYPEID types[],
                               const char* /*signature*/, GenericFunction invoker, GenericFunction function,
                               bool /*is_async*/, bool /*is_nonnull_return*/) {
  const TYPEID answer = types[0];
  strata_bind(name, invoker, function,
              IsOneOf<bool>(answer)                      ? Answer::kBool
              : IsOneOf<unsigned, unsigned long>(answer) ? Answer::kUnsigned
                                                         : Answer::kAsItIs);
}

}  // extern "C"
