// Building an inverted index over texts of words with a Zipfian distribution, and searching them by words of
// it and by reading the texts: texts per second, queries per second, bytes a text.
#include <benchmark/benchmark.h>

#include <cmath>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "env/memory_env.h"
#include "text/inverted_index.h"
#include "text/inverted_index_builder.h"
#include "text/scanned_texts.h"
#include "text/text_query.h"
#include "text/text_scorer.h"

namespace strata {
namespace {

constexpr uint32_t kWordsPerText = 100;
constexpr double kVocabulary = 50'000;
constexpr FileNumber kFile = 7;

// The word of rank r comes with a frequency of about 1 / r.
std::string RandomWord(std::mt19937& random) {
  std::uniform_real_distribution<double> exponent(0, std::log(kVocabulary));
  return "w" + std::to_string(static_cast<int>(std::exp(exponent(random))));
}

std::vector<std::string> MakeTexts(size_t count) {
  std::mt19937 random(1);
  std::vector<std::string> texts(count);
  for (std::string& text : texts) {
    for (uint32_t i = 0; i < kWordsPerText; ++i) text += RandomWord(random) + " ";
  }
  return texts;
}

std::shared_ptr<InvertedIndex> Build(const std::vector<std::string>& texts, Env* env, BlockCache* cache) {
  InvertedIndexBuilder builder;
  for (Row row = 0; row < texts.size(); ++row) builder.Add(row, texts[row]);
  FileHeader header;
  header.kind = FileKind::kSegment;
  header.file = kFile;
  const auto row_count = static_cast<uint32_t>(texts.size());
  const auto writer = *SectionWriter::Create(env, header);
  while (!*builder.Write(row_count, *writer)) {
  }
  writer->Finish().value();
  return *InvertedIndex::Open(*SectionReader::Open(env, cache, FileKind::kSegment, kFile), row_count);
}

void BM_Build(benchmark::State& state) {
  const auto texts = MakeTexts(static_cast<size_t>(state.range(0)));
  uint64_t bytes = 0;
  for (auto _ : state) {
    MemoryEnv env({.can_crash = false});
    benchmark::DoNotOptimize(Build(texts, &env, nullptr));
    bytes = *env.Size(kFile);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["bytes_per_text"] = static_cast<double>(bytes) / static_cast<double>(texts.size());
}
BENCHMARK(BM_Build)->Arg(100'000)->Unit(benchmark::kMillisecond);

std::vector<ScoredRow> Search(TextSource* source, const std::vector<std::string>& terms, uint64_t* postings) {
  const TextScorer scorer = *TextScorer::Open(source, terms);
  QueryStatistics statistics{.totals = {}, .document_frequencies = std::vector<uint64_t>(terms.size())};
  scorer.Count(nullptr, &statistics).value();
  const Bm25 bm25(statistics.totals);
  std::vector<float> weights;
  for (const uint64_t frequency : statistics.document_frequencies) weights.push_back(bm25.Weight(frequency));
  *postings += scorer.posting_count();
  return *scorer.Best(10, bm25, weights, nullptr);
}

std::vector<std::string> RandomQuery(std::mt19937& random, int64_t words) {
  std::string query;
  for (int64_t i = 0; i < words; ++i) query += RandomWord(random) + " ";
  return *ParseTextQuery(query);
}

void BM_SearchIndex(benchmark::State& state) {
  MemoryEnv env({.can_crash = false});
  const auto cache = BlockCache::Create(size_t{1} << 30);
  const auto index = Build(MakeTexts(static_cast<size_t>(state.range(0))), &env, cache.get());
  std::mt19937 random(2);
  uint64_t postings = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(Search(index.get(), RandomQuery(random, state.range(1)), &postings));
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["postings/s"] =
      benchmark::Counter(static_cast<double>(postings), benchmark::Counter::kIsRate);
}
BENCHMARK(BM_SearchIndex)->ArgNames({"texts", "words"})->Args({100'000, 3})->Args({100'000, 8});

void BM_SearchTexts(benchmark::State& state) {
  const auto texts = MakeTexts(static_cast<size_t>(state.range(0)));
  std::mt19937 random(2);
  uint64_t postings = 0;
  for (auto _ : state) {
    const auto terms = RandomQuery(random, 3);
    ScannedTexts scanned(static_cast<uint32_t>(texts.size()), terms);
    for (Row row = 0; row < texts.size(); ++row) scanned.Add(row, texts[row]);
    scanned.End();
    benchmark::DoNotOptimize(Search(&scanned, terms, &postings));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_SearchTexts)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace strata
