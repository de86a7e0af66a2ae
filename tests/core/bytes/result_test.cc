#include "strata/result.h"

#include <gtest/gtest.h>

#include <set>

namespace strata {
namespace {

TEST(ResultTest, EveryErrorCodeHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (int code = 1; code <= 16; ++code) names.insert(ErrorCodeName(static_cast<ErrorCode>(code)));
  EXPECT_EQ(names.size(), 16u);
  EXPECT_EQ(ErrorCodeName(ErrorCode::kInvalidArgument), "INVALID_ARGUMENT");
  EXPECT_EQ(ErrorCodeName(static_cast<ErrorCode>(200)), "INTERNAL");
}

}  // namespace
}  // namespace strata
