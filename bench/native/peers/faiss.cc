// FAISS (Debian's libfaiss-dev), one thread. The configuration is a string of its index factory in which
// `nlist` stands for sqrt(n) lists (comparing with centres costs most in Debian's build, so not more) and
// `pq` for one 4-bit code per four dimensions. An effort is efSearch for a graph, and nprobe x k_factor for
// lists with refinement.
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexRefine.h>
#include <faiss/index_factory.h>
#include <faiss/index_io.h>
#include <omp.h>

#include <cmath>
#include <memory>

#include "peer.h"

namespace bench {
namespace {

constexpr uint32_t kDimensionsPerCode = 4;

std::string Replace(std::string text, const std::string& what, const std::string& by) {
  const size_t at = text.find(what);
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

class Faiss : public Peer {
 public:
  Faiss(const std::string& configuration, bool is_cosine)
      : configuration_(configuration), is_cosine_(is_cosine) {
    omp_set_num_threads(1);
  }

  std::string Describe() const override {
    return "FAISS " + std::to_string(FAISS_VERSION_MAJOR) + "." + std::to_string(FAISS_VERSION_MINOR) + "." +
           std::to_string(FAISS_VERSION_PATCH) + " as Debian builds it, " + configuration_;
  }

  void Build(RowFile& rows, const std::string& folder) override {
    const auto list_count = static_cast<size_t>(std::sqrt(static_cast<double>(rows.count())));
    std::string factory = Replace(configuration_, "nlist", std::to_string(list_count));
    factory = Replace(factory, "pq", std::to_string(rows.dimension() / kDimensionsPerCode));
    index_.reset(faiss::index_factory(static_cast<int>(rows.dimension()), factory.c_str(),
                                      is_cosine_ ? faiss::METRIC_INNER_PRODUCT : faiss::METRIC_L2));
    Find();
    if (graph_) graph_->hnsw.efConstruction = kEfConstruction;
    std::vector<float> all = rows.Read(0, rows.count());
    if (is_cosine_) Normalize(all, rows.dimension());
    if (!index_->is_trained) index_->train(static_cast<faiss::Index::idx_t>(rows.count()), all.data());
    index_->add(static_cast<faiss::Index::idx_t>(rows.count()), all.data());
    faiss::write_index(index_.get(), (folder + "/index").c_str());
  }

  void Open(const std::string& folder) override {
    index_.reset(faiss::read_index((folder + "/index").c_str()));
    Find();
  }

  void SetEffort(const std::string& effort) override {
    if (graph_) {
      graph_->hnsw.efSearch = std::stoi(effort);
      return;
    }
    lists_->nprobe = std::stoul(effort);
    refine_->k_factor = std::stof(effort.substr(effort.find('x') + 1));
  }

  void Search(const float* query, int64_t* ids) override {
    float distances[kNeighbours];
    if (is_cosine_) {
      query_.assign(query, query + index_->d);
      Normalize(query_, static_cast<uint32_t>(index_->d));
      query = query_.data();
    }
    index_->search(1, query, kNeighbours, distances, ids);
  }

 private:
  // The parts of the index that efforts are set on.
  void Find() {
    graph_ = dynamic_cast<faiss::IndexHNSW*>(index_.get());
    refine_ = dynamic_cast<faiss::IndexRefine*>(index_.get());
    faiss::Index* inner = refine_ ? refine_->base_index : nullptr;
    if (auto* transform = dynamic_cast<faiss::IndexPreTransform*>(inner)) inner = transform->index;
    lists_ = dynamic_cast<faiss::IndexIVF*>(inner);
    if (!graph_ && !lists_) throw std::runtime_error("no effort to set on " + configuration_);
  }

  std::string configuration_;
  bool is_cosine_;
  std::unique_ptr<faiss::Index> index_;
  faiss::IndexHNSW* graph_ = nullptr;
  faiss::IndexRefine* refine_ = nullptr;
  faiss::IndexIVF* lists_ = nullptr;
  std::vector<float> query_;
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  return bench::RunPeer(argc, argv, [](const std::string& configuration, bool is_cosine) -> bench::Peer& {
    static bench::Faiss peer(configuration, is_cosine);
    return peer;
  });
}
