#pragma once

#include "bytes/json.h"
#include "filter/expression.h"

namespace strata {

// Whether `metadata`, an object, passes the filter: the definition of what filters mean. Everything faster
// (the attribute index) is tested against it. O(size of the expression * members looked at).
//
// A path's values: at each object every member whose key, or run of keys joined by dots, the path begins with
// is followed, so {"a": {"b": 1}} and {"a.b": 1} both have a.b. An array on the way is followed into each
// element that is an object. There may be none, one or many values.
//
//   kEqual v                 a value, or an element of a value that is an array, equals v (JsonEquals). v
//   null also
//                            matches where there is no value at all.
//   kLess ... v              the same with an order: numbers with numbers, strings by their UTF-8 bytes,
//   false < true.
//                            Values of another type than v do not match.
//   kIn                      kEqual of one of the choices.
//   kStartsWith s            a string, or an element that is one, begins with s.
//   kContains v              a value is an array with an element equal to v, or v and a value are strings and
//   v is
//                            somewhere in the value.
//   kExists                  there is a value, null included.
bool Matches(const Expression& expression, const JsonValue& metadata);

}  // namespace strata
