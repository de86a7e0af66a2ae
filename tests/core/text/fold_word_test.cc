#include "text/fold_word.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace strata {
namespace {

std::string Folded(std::string word) {
  FoldWord(word);
  return word;
}

void ExpectOneForm(const std::vector<std::string>& words) {
  for (const std::string& word : words) EXPECT_EQ(Folded(word), Folded(words.front())) << word;
}

TEST(FoldWordTest, InflectionsOfAWordBecomeOneTerm) {
  ExpectOneForm({"store", "stores", "stored", "storing"});
  ExpectOneForm({"cache", "caches", "cached", "caching"});
  ExpectOneForm({"map", "maps", "mapped", "mapping"});
  ExpectOneForm({"query", "queries", "queried", "querying"});
  ExpectOneForm({"replicate", "replicates", "replicated", "replicating"});
  ExpectOneForm({"quantize", "quantizes", "quantized", "quantizing"});
  ExpectOneForm({"box", "boxes"});
  ExpectOneForm({"hash", "hashes", "hashed", "hashing"});
  ExpectOneForm({"call", "calls", "called", "calling"});
  ExpectOneForm({"database", "databases"});
}

TEST(FoldWordTest, BritishAndAmericanSpellingBecomeOneTerm) {
  ExpectOneForm({"neighbour", "neighbor", "neighbours", "neighbors"});
  ExpectOneForm({"neighbouring", "neighboring"});
  ExpectOneForm({"behaviour", "behavior"});
  ExpectOneForm(
      {"normalise", "normalize", "normalised", "normalized", "normalises", "normalising", "normalizing"});
  ExpectOneForm({"tokenisation", "tokenization"});
  ExpectOneForm({"tokeniser", "tokenizers"});
  ExpectOneForm({"analyse", "analyze", "analysed", "analyzing"});
  ExpectOneForm({"centre", "center", "centres", "centers"});
  ExpectOneForm({"catalogue", "catalog"});
  ExpectOneForm({"labelled", "labeled", "label"});
}

TEST(FoldWordTest, DifferentWordsStayApart) {
  EXPECT_NE(Folded("plane"), Folded("plan"));
  EXPECT_NE(Folded("rate"), Folded("rat"));
  EXPECT_NE(Folded("file"), Folded("fill"));
  EXPECT_NE(Folded("mourning"), Folded("morning"));
  EXPECT_NE(Folded("hours"), Folded("horse"));
  EXPECT_NE(Folded("index"), Folded("indian"));
}

TEST(FoldWordTest, ShortWordsAndEndingsThatOnlyLookLikeSuffixesStay) {
  for (const std::string word :
       {"is", "lsm", "gas", "class", "status", "axis", "string", "bed", "tree", "need", "sky"}) {
    EXPECT_EQ(Folded(word), word);
  }
}

TEST(FoldWordTest, WordsWithOtherThanAsciiLettersStay) {
  for (const std::string word : {"sq8s", "größes", "2s", "naïvetés", ""}) EXPECT_EQ(Folded(word), word);
}

}  // namespace
}  // namespace strata
