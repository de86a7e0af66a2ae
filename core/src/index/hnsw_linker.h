#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "index/hnsw_graph.h"
#include "index/hnsw_layer_search.h"
#include "quant/scalar_codes.h"

namespace strata {

// The layers a row is on: its topmost one is l with probability (1 - 1/M) M^-l, the paper's floor(-ln(U) /
// ln(M)) in whole numbers, so that the same seed gives the same graph on every machine. Below
// HnswGraph::kLevelMax.
uint8_t RandomLevel(uint64_t seed, Row row, uint32_t m);

// Links rows into a graph, by the distances of their codes.
//
// Codes also where a collection keeps none: they make building several times faster, and the graph is as good
// (see tests/core/index/hnsw_recall_test.cc), since which of two far rows is nearer hardly ever decides a
// link.
//
// arXiv:1603.09320: Insert() is Algorithm 1, with its search for neighbours (2) and their selection by
// heuristic (4). Of the choices the paper leaves open: candidates are not extended by their neighbours'
// neighbours (extendCandidates is for extremely clustered data, and costs M times the distances), and pruned
// ones are not kept to fill the list up (keepPrunedConnections), so a list has room and is pruned rarely;
// both as its authors' hnswlib does.
//
// Insert: 6 to 10 times efConstruction distances (Fashion-MNIST, word2vec) to find the neighbours, some
// hundred to choose among them.
class HnswLinker {
 public:
  // All must outlive this object; every row to be linked is already coded.
  HnswLinker(uint32_t ef_construction, const ScalarCodes& codes, HnswGraph* graph)
      : ef_construction_(ef_construction), graph_(graph), query_(codes), pair_(codes) {}

  // Links `row`, which the graph Has() and which has no links yet.
  void Insert(Row row);

  // Gives `row` new neighbours on `layer`: a selection from `candidates`, which are distinct and not `row`.
  void Relink(Row row, uint32_t layer, std::span<const Row> candidates);

  size_t memory_bytes() const { return scratch_.memory_bytes(); }

 private:
  // Algorithm 4: from candidates_, ascending, those that are nearer to the base than to any selected before,
  // so that links point in different directions. At most `count_max`, into selected_.
  void SelectNeighbours(size_t count_max);
  void LinkBack(Row from, uint32_t layer, Row to);

  uint32_t ef_construction_;
  HnswGraph* graph_;
  ScalarSource query_;
  ScalarSource pair_;
  WalkScratch scratch_;
  std::vector<Candidate> candidates_;
  std::vector<Row> selected_;
  std::vector<Row> links_;
  std::vector<Row> overflow_;
  std::vector<float> distances_;
};

}  // namespace strata
