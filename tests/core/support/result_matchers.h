#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "strata/result.h"

namespace strata {

// For GoogleTest's messages.
inline void PrintTo(ErrorCode code, std::ostream* out) { *out << ErrorCodeName(code); }
inline void PrintTo(const Error& error, std::ostream* out) {
  *out << ErrorCodeName(error.code()) << ": " << error.message();
}

namespace testing_internal {

template <typename R>
bool Explain(const R& result, testing::MatchResultListener* listener) {
  if (!result)
    *listener << "which is " << ErrorCodeName(result.error().code()) << ": " << result.error().message();
  return result.has_value();
}

}  // namespace testing_internal

// EXPECT_THAT(result, IsOk()): it holds a value. The message shows the error if not.
MATCHER(IsOk, negation ? "is an error" : "is OK") { return testing_internal::Explain(arg, result_listener); }

// EXPECT_THAT(result, IsError(ErrorCode::kNotFound)).
MATCHER_P(IsError, code, std::string(negation ? "is not " : "is ") + std::string(ErrorCodeName(code))) {
  if (testing_internal::Explain(arg, result_listener)) {
    *result_listener << "which is OK";
    return false;
  }
  return arg.error().code() == code;
}

// EXPECT_THAT(result, IsOkAndHolds(matcher or value)).
MATCHER_P(IsOkAndHolds, value_matcher, "is OK and holds a value that matches") {
  return testing_internal::Explain(arg, result_listener) &&
         testing::ExplainMatchResult(value_matcher, *arg, result_listener);
}

// EXPECT_THAT(result, IsErrorSaying(ErrorCode::kCorruption, HasSubstr("00000004.strata"))).
MATCHER_P2(IsErrorSaying, code, message_matcher, "is the error with a message that matches") {
  return !testing_internal::Explain(arg, result_listener) && arg.error().code() == code &&
         testing::ExplainMatchResult(message_matcher, arg.error().message(), result_listener);
}

}  // namespace strata

// auto x = the value of a Result, or the end of the test.
#define STRATA_ASSERT_OK_AND_ASSIGN(target, expression) \
  STRATA_ASSERT_OK_AND_ASSIGN_INNER(STRATA_CONCAT(strata_result_, __LINE__), target, expression)
#define STRATA_ASSERT_OK_AND_ASSIGN_INNER(result, target, expression) \
  auto result = (expression);                                         \
  ASSERT_THAT(result, ::strata::IsOk());                              \
  target = std::move(*result)
