#include "text/bm25.h"

#include <gtest/gtest.h>

#include <cmath>

namespace strata {
namespace {

// Worked by hand. 4 texts of 40 words: L = 10. A word in one of them: idf = ln(1 + 3.5 / 1.5) = 1.203973. In
// a text of 10 words that has it once: 1 * 2.2 / (1 + 1.2 * 1) = 1. In one of 20 words that has it three
// times: 3 * 2.2 / (3 + 1.2 * (0.25 + 0.75 * 2)) = 6.6 / 5.1 = 1.294118.
TEST(Bm25Test, ScoresAreThoseOfTheFormula) {
  const Bm25 bm25({.documents = 4, .words = 40});
  const float weight = bm25.Weight(1);
  EXPECT_NEAR(bm25.Score(weight, 1, 10), 1.203973, 1e-5);
  EXPECT_NEAR(bm25.Score(weight, 3, 20), 1.203973 * 1.294118, 1e-5);
}

TEST(Bm25Test, EvenAWordThatAllTextsHaveAddsToAScore) {
  const Bm25 bm25({.documents = 1000, .words = 100000});
  EXPECT_GT(bm25.Score(bm25.Weight(1000), 1, 100), 0);
}

TEST(Bm25Test, RareWordsAndShortTextsScoreMore) {
  const Bm25 bm25({.documents = 100, .words = 1000});
  EXPECT_GT(bm25.Weight(1), bm25.Weight(2));
  EXPECT_GT(bm25.Score(1, 1, 5), bm25.Score(1, 1, 6));
  EXPECT_GT(bm25.Score(1, 2, 5), bm25.Score(1, 1, 5));
  EXPECT_LT(bm25.Score(1, 1000000, 5), 1.0f) << "repeating a word has a limit";
}

TEST(Bm25Test, NoTextsAtAllAreNoDivisionByZero) {
  const Bm25 bm25({.documents = 0, .words = 0});
  EXPECT_TRUE(std::isfinite(bm25.Weight(0)));
  EXPECT_TRUE(std::isfinite(bm25.Score(1, 1, 1)));
}

}  // namespace
}  // namespace strata
