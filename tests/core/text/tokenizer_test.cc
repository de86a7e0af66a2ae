#include "text/tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "text/stop_words.h"

namespace strata {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> TermsOf(std::string_view text, const StopWords& stop_words = {}) {
  std::vector<std::string> terms;
  std::string term;
  for (Tokenizer tokens(text, stop_words); tokens.Next(term);) terms.push_back(term);
  return terms;
}

TEST(TokenizerTest, WordsAreRunsOfLettersAndDigits) {
  EXPECT_THAT(TermsOf("A B+ tree, key-value (x86_64): utf8!"),
              ElementsAre("tree", "key", "valu", "x86", "64", "utf8"));
}

TEST(TokenizerTest, SingleAsciiCharactersAndVeryLongRunsAreNoTerms) {
  const std::string longest(Tokenizer::kTermBytesMax, '7');
  EXPECT_THAT(TermsOf("k 9 " + longest + " " + longest + "7"), ElementsAre(longest));
}

TEST(TokenizerTest, LatinGreekAndCyrillicLettersAreLowerCased) {
  EXPECT_THAT(TermsOf("ÀÖØÞ àöøþ"), ElementsAre("àöøþ", "àöøþ"));
  EXPECT_THAT(TermsOf("ĀŁŻŽŸ Ÿ"), ElementsAre("āłżžÿ", "ÿ"));
  EXPECT_THAT(TermsOf("ΩΜΕΓΑ ДЁЖ"), ElementsAre("ωμεγα", "дёж"));
}

TEST(TokenizerTest, SignsOutsideAsciiEndAWord) {
  EXPECT_THAT(TermsOf("größe×tiefe—höhe…breite «naïve» 10€"),
              ElementsAre("größe", "tief", "höhe", "breit", "naïve", "10"));
  EXPECT_THAT(TermsOf("\U0001F600smile\U0001F600"), ElementsAre("smile"));
}

TEST(TokenizerTest, CombiningMarksBelongToTheirWord) {
  EXPECT_THAT(TermsOf("cafe\u0301 bar"), ElementsAre("cafe\u0301", "bar"));
}

TEST(TokenizerTest, IdeographsAndKanaAreWordsByThemselves) {
  EXPECT_THAT(TermsOf("向量db数据、カナ"), ElementsAre("向", "量", "db", "数", "据", "カ", "ナ"));
}

TEST(TokenizerTest, StopWordsAreComparedLowerCasedAndAsWritten) {
  EXPECT_THAT(TermsOf("The stores of THE store", StopWords({"of", "stores", "the"})), ElementsAre("store"));
}

TEST(TokenizerTest, EveryEnglishStopWordIsDropped) {
  const auto stop_words = MakeStopWords(std::nullopt);
  for (const std::string_view word : EnglishStopWords())
    EXPECT_THAT(TermsOf(word, stop_words), IsEmpty()) << word;
}

TEST(TokenizerTest, GivenStopWordsAreLowerCased) {
  EXPECT_THAT(MakeStopWords(std::vector<std::string>{"Zu", "ÄH", "aber", "zu"}).words(),
              ElementsAre("aber", "zu", "äh"));
}

TEST(TokenizerTest, TextWithoutWordsHasNoTerms) {
  EXPECT_THAT(TermsOf(""), IsEmpty());
  EXPECT_THAT(TermsOf(" \n\t--- ... \u2026"), IsEmpty());
  EXPECT_THAT(TermsOf(std::string_view("\0\0", 2)), IsEmpty());
}

}  // namespace
}  // namespace strata
