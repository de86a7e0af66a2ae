#include "text/stop_words.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "bytes/heap_sort.h"

namespace strata {
namespace {

// The ends of contractions stand here too ("doesn", "ve"): words are split at apostrophes.
constexpr std::string_view kEnglish[] = {
    // clang-format off
    "a", "about", "above", "after", "again", "against", "all", "almost", "along", "already", "also",
    "although", "always", "am", "among", "an", "and", "another", "any", "anything", "are", "aren", "around",
    "as", "at", "away", "be", "became", "because", "become", "been", "before", "being", "below", "between",
    "both", "but", "by", "came", "can", "cannot", "come", "could", "couldn", "did", "didn", "do", "does",
    "doesn", "doing", "don", "done", "down", "during", "each", "eg", "either", "else", "enough", "etc",
    "even", "ever", "every", "everything", "few", "for", "from", "further", "gave", "get", "gets",
    "getting", "give", "given", "gives", "go", "goes", "going", "got", "had", "hadn", "has", "hasn", "have",
    "haven", "having", "he", "hence", "her", "here", "hers", "herself", "him", "himself", "his", "how",
    "however", "i", "ie", "if", "in", "indeed", "instead", "into", "is", "isn", "it", "its", "itself",
    "just", "kept", "let", "lets", "like", "made", "make", "makes", "making", "many", "may", "maybe", "me",
    "might", "mine", "more", "most", "much", "must", "my", "myself", "neither", "never", "no", "nor", "not",
    "nothing", "now", "of", "off", "often", "on", "once", "one", "only", "onto", "or", "other", "others",
    "otherwise", "our", "ours", "ourselves", "out", "over", "own", "per", "perhaps", "please", "quite",
    "rather", "re", "really", "said", "same", "say", "says", "seem", "seems", "several", "shall", "she",
    "should", "shouldn", "since", "so", "some", "something", "sometimes", "still", "such", "than", "that",
    "the", "their", "theirs", "them", "themselves", "then", "there", "therefore", "these", "they", "thing",
    "things", "this", "those", "though", "through", "thus", "to", "together", "too", "toward", "towards",
    "under", "unless", "until", "up", "upon", "us", "use", "used", "uses", "using", "usually", "ve", "very",
    "via", "want", "was", "wasn", "we", "well", "went", "were", "weren", "what", "whatever", "when",
    "whenever", "where", "whereas", "whether", "which", "while", "who", "whom", "whose", "why", "will",
    "with", "within", "without", "won", "would", "wouldn", "yet", "you", "your", "yours", "yourself",
    // clang-format on
};

}  // namespace

std::span<const std::string_view> EnglishStopWords() { return kEnglish; }

StopWords::StopWords(std::vector<std::string> words) : words_(std::move(words)) {
  HeapSort(words_);
  words_.erase(std::ranges::unique(words_).begin(), words_.end());
  slots_.resize(std::bit_ceil(4 * words_.size() + 1));
  mask_ = static_cast<uint32_t>(slots_.size() - 1);
  for (uint32_t i = 0; i < words_.size(); ++i) {
    uint32_t slot = HashOf(words_[i]) & mask_;
    while (slots_[slot] != 0) slot = (slot + 1) & mask_;
    slots_[slot] = i + 1;
  }
}

}  // namespace strata
