#include "workload.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <tuple>
#include <utility>

namespace strata {
namespace {

constexpr char kCollection[] = "things";

std::vector<float> RandomVector(std::mt19937_64& random) {
  std::normal_distribution<float> normal;
  std::vector<float> vector(CrashWorkload::kDimension);
  for (float& x : vector) x = normal(random);
  return vector;
}

float L2(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += (double{a[i]} - b[i]) * (double{a[i]} - b[i]);
  return static_cast<float>(std::sqrt(sum));
}

Result<Model> ReadAll(Collection& collection) {
  Model model;
  auto cursor = collection.Scan({});
  if (!cursor) return std::unexpected(cursor.error());
  for (;;) {
    auto records = (*cursor)->Next(64);
    if (!records) return std::unexpected(records.error());
    if (records->empty()) return model;
    for (Record& record : *records) {
      model[std::get<int64_t>(record.id)] = {std::move(record.vector), std::move(record.metadata),
                                             std::move(record.text)};
    }
  }
}

std::string CheckSearch(Collection& collection, const Model& model) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 3; ++i) {
    const std::vector<float> query = RandomVector(random);
    std::vector<float> expected;
    for (const auto& [id, record] : model) expected.push_back(L2(query, record.vector));
    std::sort(expected.begin(), expected.end());
    const SearchOptions options{.k = 5, .exact = true};
    const auto reply = collection.Search(query, options);
    if (!reply) return "search failed: " + reply.error().message();
    if (reply->hits.size() != std::min<size_t>(5, model.size()))
      return "search returned the wrong number of hits";
    for (size_t k = 0; k < reply->hits.size(); ++k) {
      if (std::fabs(reply->hits[k].distance - expected[k]) > 1e-4f) return "search returned a wrong distance";
    }
    // Walks may miss a neighbour but not make one up, and always fill k.
    const auto walked = collection.Search(query, {.k = 5});
    if (!walked || walked->hits.size() != reply->hits.size())
      return "walking search failed or did not fill k";
    for (const Hit& hit : walked->hits) {
      const auto found = model.find(std::get<int64_t>(hit.id));
      if (found == model.end()) return "walking search returned a record that is not there";
      if (std::fabs(L2(query, found->second.vector) - hit.distance) > 1e-4f)
        return "walking search: wrong distance";
    }
  }
  return "";
}

// Each word of the texts finds the records that have it, the best first.
std::string CheckTextSearch(Collection& collection, const Model& model) {
  for (const std::string word : {"word0", "word3", "text"}) {
    SearchOptions options{.k = 100'000};
    options.text = word;
    const auto reply = collection.Search({}, options);
    if (!reply) return "search by text failed: " + reply.error().message();
    const auto has_word = [&word](const auto& entry) {
      return entry.second.text && entry.second.text->find(word) != std::string::npos;
    };
    if (reply->hits.size() != static_cast<size_t>(std::ranges::count_if(model, has_word))) {
      return "search for " + word + " returned " + std::to_string(reply->hits.size()) + " hits of " +
             std::to_string(std::ranges::count_if(model, has_word));
    }
    float last = std::numeric_limits<float>::infinity();
    for (const Hit& hit : reply->hits) {
      const auto found = model.find(std::get<int64_t>(hit.id));
      if (found == model.end() || !has_word(*found)) return "search by text returned a wrong record";
      if (!(hit.score > 0 && hit.score <= last)) return "search by text: wrong scores";
      last = hit.score;
    }
  }
  return "";
}

}  // namespace

DatabaseOptions CrashWorkload::Options() const {
  DatabaseOptions options;
  options.durability = durability_;
  options.index_rows_min = 40;
  return options;
}

CollectionOptions CrashWorkload::Collection(uint64_t turn) {
  constexpr std::pair<IndexType, Quantization> kKinds[kTurns] = {
      {IndexType::kHnsw, Quantization::kSq8},    {IndexType::kKdLsh, Quantization::kPq},
      {IndexType::kLsh, Quantization::kRabitq},  {IndexType::kKdTree, Quantization::kNone},
      {IndexType::kFlat, Quantization::kRabitq}, {IndexType::kHnsw, Quantization::kPq},
  };
  CollectionOptions options;
  std::tie(options.index, options.quantization) = kKinds[turn % kTurns];
  // Choosing them takes longer than all the rest.
  options.lsh_tables = 2;
  options.lsh_hashes = 3;
  options.dimension = kDimension;
  options.metric = Metric::kL2;
  options.hnsw_m = 4;
  options.hnsw_ef_construction = 16;
  options.text_index = true;
  return options;
}

CrashWorkload::CrashWorkload(uint64_t seed, size_t batch_count, Durability durability)
    : durability_(durability) {
  std::mt19937_64 random(seed);
  Model model;
  states_.push_back(model);
  int64_t next_id = 0;
  for (size_t b = 0; b < batch_count; ++b) {
    std::vector<WriteOp> ops;
    const size_t op_count = 1 + random() % 4;
    for (size_t o = 0; o < op_count; ++o) {
      const bool old = !model.empty() && random() % 3 == 0;
      int64_t id = old ? std::next(model.begin(), static_cast<std::ptrdiff_t>(random() % model.size()))->first
                       : next_id++;
      WriteOp& op = ops.emplace_back();
      op.record.id = id;
      if (old && random() % 2 == 0) {
        op.kind = WriteOp::Kind::kDelete;
        model.erase(id);
        continue;
      }
      op.record.vector = RandomVector(random);
      op.record.metadata = "{\"batch\":" + std::to_string(b) + "}";
      // Every fifth record has no text; the length of the others differs.
      if (id % 5 != 4) {
        op.record.text = "text of word" + std::to_string(id % 7);
        for (uint64_t n = random() % 4; n > 0; --n) *op.record.text += " filling";
      }
      model[id] = {op.record.vector, op.record.metadata, op.record.text};
    }
    batches_.push_back(std::move(ops));
    states_.push_back(model);
  }
}

size_t CrashWorkload::Run(Env* env, uint64_t turn) const {
  auto database = Database::Open(env, Options());
  if (!database) return 0;
  auto collection = (*database)->OpenCollection(kCollection, Collection(turn));
  if (!collection) return 0;
  for (size_t b = 0; b < batches_.size(); ++b) {
    if (!(*collection)->Write(batches_[b])) return b;
    // Errors of maintenance are no reason to stop: the next write tells whether storage still works.
    if (b % 16 == 15) (void)(*database)->Flush();
    if (b % 5 == 4) (void)(*database)->RunBackground(200);
    if (b % 64 == 63) (void)(*database)->Compact();
  }
  (void)(*database)->Close();
  return batches_.size();
}

std::string CheckRecovered(Env* env, const CrashWorkload& workload, size_t acknowledged, uint64_t turn) {
  auto database = Database::Open(env, workload.Options());
  if (!database) return "does not open: " + database.error().message();
  auto collection = (*database)->OpenCollection(kCollection, CrashWorkload::Collection(turn));
  if (!collection) return "collection does not open: " + collection.error().message();
  const auto content = ReadAll(**collection);
  if (!content) return "scan failed: " + content.error().message();
  // One batch more than was acknowledged may have reached storage before the power went.
  const size_t most = std::min(acknowledged + 1, workload.batch_count());
  const size_t fewest = workload.durability() == Durability::kStrict ? acknowledged : 0;
  size_t holds = fewest;
  while (holds <= most && *content != workload.After(holds)) ++holds;
  if (holds > most) {
    return "holds " + std::to_string(content->size()) + " records, which is not the state after " +
           std::to_string(fewest) + " to " + std::to_string(most) + " batches";
  }
  if (const auto count = (*collection)->Count(); !count || *count != content->size()) return "count is wrong";
  if (std::string wrong = CheckSearch(**collection, *content); !wrong.empty()) return wrong;
  if (std::string wrong = CheckTextSearch(**collection, *content); !wrong.empty()) return wrong;

  WriteOp op;
  op.record.id = int64_t{1'000'000};
  op.record.vector.assign(CrashWorkload::kDimension, 0.5f);
  if (const auto written = (*collection)->Write({op}); !written)
    return "cannot write: " + written.error().message();
  if (const auto flushed = (*database)->Flush(); !flushed)
    return "cannot flush: " + flushed.error().message();
  const auto damages = (*database)->Verify();
  if (!damages || !damages->empty())
    return "verify finds damage: " + (damages ? damages->front().message : "?");
  return "";
}

}  // namespace strata
