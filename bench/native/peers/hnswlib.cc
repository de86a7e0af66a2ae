// hnswlib (header-only, Debian's libhnswlib-dev) with the instruction set this file is compiled for.
#include <hnswlib/hnswlib.h>

#include <memory>

#include "peer.h"

namespace bench {
namespace {

#if defined(__AVX512F__)
constexpr char kInstructions[] = "AVX-512";
#elif defined(__AVX__)
constexpr char kInstructions[] = "AVX";
#elif defined(__SSE__)
constexpr char kInstructions[] = "SSE";
#else
constexpr char kInstructions[] = "no SIMD of its own";
#endif

class Hnswlib : public Peer {
 public:
  explicit Hnswlib(bool is_cosine) : is_cosine_(is_cosine) {}

  std::string Describe() const override {
    return "hnswlib, " + std::string(kInstructions) + ", f32, M " + std::to_string(kM) + ", efConstruction " +
           std::to_string(kEfConstruction);
  }

  void Build(RowFile& rows, const std::string& folder) override {
    MakeSpace(rows.dimension());
    graph_ = std::make_unique<hnswlib::HierarchicalNSW<float>>(space_.get(), rows.count(), kM,
                                                               kEfConstruction, kSeed);
    constexpr uint64_t kBlock = 1000;
    for (uint64_t first = 0; first < rows.count(); first += kBlock) {
      std::vector<float> block = rows.Read(first, std::min(kBlock, rows.count() - first));
      if (is_cosine_) Normalize(block, dimension_);
      for (size_t i = 0; i * dimension_ < block.size(); ++i) {
        graph_->addPoint(&block[i * dimension_], first + i);
      }
    }
    graph_->saveIndex(folder + "/index");
    std::ofstream(folder + "/dimension") << dimension_;
  }

  void Open(const std::string& folder) override {
    uint32_t dimension = 0;
    std::ifstream(folder + "/dimension") >> dimension;
    MakeSpace(dimension);
    graph_ = std::make_unique<hnswlib::HierarchicalNSW<float>>(space_.get(), folder + "/index");
  }

  void SetEffort(const std::string& effort) override { graph_->setEf(std::stoul(effort)); }

  void Search(const float* query, int64_t* ids) override {
    if (is_cosine_) {
      query_.assign(query, query + dimension_);
      Normalize(query_, dimension_);
      query = query_.data();
    }
    auto found = graph_->searchKnn(query, kNeighbours);
    std::fill(ids, ids + kNeighbours, -1);
    for (; !found.empty(); found.pop()) ids[found.size() - 1] = static_cast<int64_t>(found.top().second);
  }

 private:
  void MakeSpace(uint32_t dimension) {
    dimension_ = dimension;
    if (is_cosine_) {
      space_ = std::make_unique<hnswlib::InnerProductSpace>(dimension);
    } else {
      space_ = std::make_unique<hnswlib::L2Space>(dimension);
    }
  }

  bool is_cosine_;
  uint32_t dimension_ = 0;
  std::unique_ptr<hnswlib::SpaceInterface<float>> space_;
  std::unique_ptr<hnswlib::HierarchicalNSW<float>> graph_;
  std::vector<float> query_;
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  return bench::RunPeer(argc, argv, [](const std::string&, bool is_cosine) -> bench::Peer& {
    static bench::Hnswlib peer(is_cosine);
    return peer;
  });
}
