#include "strata/result.h"

#include <gtest/gtest.h>

#include <set>
#include <utility>

namespace strata {
namespace {

TEST(ResultTest, EveryErrorCodeHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (int code = 1; code <= 16; ++code) names.insert(ErrorCodeName(static_cast<ErrorCode>(code)));
  EXPECT_EQ(names.size(), 16u);
  EXPECT_EQ(ErrorCodeName(ErrorCode::kInvalidArgument), "INVALID_ARGUMENT");
  EXPECT_EQ(ErrorCodeName(static_cast<ErrorCode>(200)), "INTERNAL");
}

Status Passed(Status given) {
  STRATA_RETURN_IF_ERROR(std::move(given));
  return {};
}

TEST(StatusTest, HoldsItsErrorThroughCopiesMovesAndFunctions) {
  const Status failed = Fail(ErrorCode::kNotFound, {"no row ", 7});
  Status copy = failed;
  EXPECT_EQ(copy.error(), failed.error());
  const Status passed = Passed(std::move(copy));
  ASSERT_FALSE(passed.has_value());
  EXPECT_EQ(passed.error(), Error(ErrorCode::kNotFound, "no row 7"));
  EXPECT_TRUE(Passed({}).has_value());

  Status status;
  EXPECT_TRUE(status.has_value());
  status = failed;
  EXPECT_EQ(status.error(), failed.error());
  status = Status();
  EXPECT_TRUE(status.has_value());
}

// An error that was moved from points to nothing, as a success does.
TEST(StatusTest, AnErrorWithoutDetailsIsAnErrorAllTheSame) {
  const Status status = Error();
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code(), ErrorCode::kInternal);
}

}  // namespace
}  // namespace strata
