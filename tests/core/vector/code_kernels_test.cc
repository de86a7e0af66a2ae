#include "vector/code_kernels.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "vector/every_target.h"

namespace strata {
namespace {

int32_t PlainDot(const uint8_t* a, const uint8_t* b, size_t bytes) {
  int32_t sum = 0;
  for (size_t i = 0; i < bytes; ++i) sum += int32_t{a[i]} * b[i];
  return sum;
}

// Every number of rows up to two groups of four and a rest, in scattered order and twice the same.
TEST(CodeKernelsTest, EqualPlainDotsForEveryLengthAndNumberOfRows) {
  std::mt19937 random(3);
  for (const size_t stride : {16, 32, 48, 128, 304, 784, 1024}) {
    constexpr uint32_t kRows = 50;
    std::vector<uint8_t> codes(kRows * stride), query(stride);
    for (uint8_t& code : codes) code = static_cast<uint8_t>(random() % (kCodeMax + 1));
    for (uint8_t& code : query) code = static_cast<uint8_t>(random() % (kCodeMax + 1));
    const CodeTable table{.bytes = codes.data(), .stride = stride};
    ForEveryTarget([&] {
      for (size_t row_count = 0; row_count <= 9; ++row_count) {
        std::vector<Row> rows;
        for (size_t i = 0; i < row_count; ++i)
          rows.push_back(static_cast<Row>(i == 4 ? rows[0] : random() % kRows));
        std::vector<int32_t> dots(row_count);
        CodeDots(query.data(), table, rows, dots.data());
        for (size_t i = 0; i < row_count; ++i) {
          EXPECT_EQ(dots[i], PlainDot(query.data(), codes.data() + rows[i] * stride, stride)) << stride;
        }
      }
    });
  }
}

// Where the query is 0 a row may hold any byte: there CodeRows keeps what is no code.
TEST(CodeKernelsTest, BytesBesideTheCodeCountForNothing) {
  constexpr size_t kBytes = 64;
  std::vector<uint8_t> query(kBytes, kCodeMax), row(kBytes, 3);
  std::fill(query.end() - 8, query.end(), uint8_t{0});
  std::fill(row.end() - 8, row.end(), uint8_t{0xff});
  const Row zero = 0;
  ForEveryTarget([&] {
    int32_t dot = 0;
    CodeDots(query.data(), {.bytes = row.data(), .stride = kBytes}, {&zero, 1}, &dot);
    EXPECT_EQ(dot, 56 * 3 * kCodeMax);
  });
}

// Instructions that add pairs of products in 16 bits saturate first for the largest codes.
TEST(CodeKernelsTest, AreExactForTheLargestCodesAndDimension) {
  constexpr size_t kBytes = 65536;
  const std::vector<uint8_t> query(kBytes, kCodeMax), row(kBytes, kCodeMax);
  const Row zero = 0;
  ForEveryTarget([&] {
    int32_t dot = 0;
    CodeDots(query.data(), {.bytes = row.data(), .stride = kBytes}, {&zero, 1}, &dot);
    EXPECT_EQ(dot, int32_t{kBytes} * kCodeMax * kCodeMax);
  });
}

}  // namespace
}  // namespace strata
