// Our own engine, native and through its public API, as one of the programs that bench/js/report.mjs
// compares: a durable database in a directory, compacted. The configuration is empty or a memory budget in
// bytes.
#include <expected>
#include <memory>
#include <stdexcept>

#include "env/posix_env.h"
#include "peers/peer.h"
#include "strata/database.h"

namespace bench {
namespace {

void Check(const strata::Result<void>& result) {
  if (!result) throw std::runtime_error(result.error().message());
}

// What `result` holds; throws its error.
template <typename T>
T Check(std::expected<T, strata::Error> result) {
  if (!result) throw std::runtime_error(result.error().message());
  return std::move(*result);
}

class Strata : public Peer {
 public:
  Strata(size_t memory_budget_bytes, bool is_cosine)
      : memory_budget_bytes_(memory_budget_bytes), is_cosine_(is_cosine) {}

  std::string Describe() const override {
    return "StrataDB, native, hnsw on sq8, M " + std::to_string(kM) + ", efConstruction " +
           std::to_string(kEfConstruction);
  }

  void Build(RowFile& rows, const std::string& folder) override {
    OpenDatabase(folder);
    strata::Collection* collection = Check(
        database_->OpenCollection("c", {.dimension = rows.dimension(),
                                        .metric = is_cosine_ ? strata::Metric::kCosine : strata::Metric::kL2,
                                        .hnsw_m = kM,
                                        .hnsw_ef_construction = kEfConstruction}));
    constexpr uint64_t kBatch = 1000;
    for (uint64_t first = 0; first < rows.count(); first += kBatch) {
      const std::vector<float> block = rows.Read(first, std::min(kBatch, rows.count() - first));
      std::vector<strata::WriteOp> ops;
      for (size_t at = 0; at < block.size(); at += rows.dimension()) {
        const auto id = static_cast<int64_t>(first + ops.size());
        ops.push_back({.record = {.id = id, .vector = {&block[at], &block[at] + rows.dimension()}}});
      }
      Check(collection->Write(std::move(ops)));
    }
    Check(database_->Flush());
    Check(database_->Compact());
    Check(database_->Close());
  }

  void Open(const std::string& folder) override {
    OpenDatabase(folder);
    collection_ = Check(database_->FindCollection("c"));
    dimension_ = collection_->options().dimension;
  }

  void SetEffort(const std::string& effort) override {
    options_.ef_search = static_cast<uint32_t>(std::stoul(effort));
  }

  void Search(const float* query, int64_t* ids) override {
    const strata::SearchReply reply = Check(collection_->Search({query, dimension_}, options_));
    std::fill(ids, ids + kNeighbours, -1);
    for (size_t i = 0; i < reply.hits.size(); ++i) ids[i] = std::get<int64_t>(reply.hits[i].id);
  }

 private:
  void OpenDatabase(const std::string& folder) {
    env_ = Check(strata::PosixEnv::Open(folder));
    database_ = Check(strata::Database::Open(env_.get(), {.memory_budget_bytes = memory_budget_bytes_}));
  }

  size_t memory_budget_bytes_;
  bool is_cosine_;
  uint32_t dimension_ = 0;
  std::unique_ptr<strata::PosixEnv> env_;
  std::unique_ptr<strata::Database> database_;
  strata::Collection* collection_ = nullptr;
  strata::SearchOptions options_ = {.k = kNeighbours, .include_metadata = false};
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  return bench::RunPeer(argc, argv, [](const std::string& configuration, bool is_cosine) -> bench::Peer& {
    static bench::Strata peer(configuration.empty() ? 0 : std::stoul(configuration), is_cosine);
    return peer;
  });
}
