#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "index/hnsw_fixture.h"
#include "index/hnsw_layer_search.h"
#include "index/vector_source.h"
#include "vector/distance.h"

namespace strata {
namespace {

// Algorithm 2 as it stands in arXiv:1603.09320, with sets for C, W and the visited elements; only `allowed`
// rows enter W.
std::vector<Candidate> PlainSearchLayer(const HnswGraph& graph, uint32_t layer, VectorSource& source,
                                        Candidate entry, size_t ef, const RowBitmap* allowed) {
  const auto distance_of = [&](Row row) {
    float distance = 0;
    EXPECT_TRUE(source.Distances({&row, 1}, &distance));
    return distance;
  };
  const auto is_allowed = [&](Row row) { return allowed == nullptr || allowed->Test(row); };
  std::set<Row> visited = {entry.row};
  std::set<Candidate> candidates = {entry}, nearest;
  if (is_allowed(entry.row)) nearest.insert(entry);
  while (!candidates.empty()) {
    const Candidate open = *candidates.begin();
    candidates.erase(candidates.begin());
    if (nearest.size() == ef && open > *nearest.rbegin()) break;
    for (const Row to : graph.Links(open.row, layer)) {
      if (!visited.insert(to).second) continue;
      const Candidate candidate{distance_of(to), to};
      if (nearest.size() == ef && candidate > *nearest.rbegin()) continue;
      candidates.insert(candidate);
      if (!is_allowed(to)) continue;
      nearest.insert(candidate);
      if (nearest.size() > ef) nearest.erase(std::prev(nearest.end()));
    }
  }
  return {nearest.begin(), nearest.end()};
}

// Algorithm 5: greedily down to layer 1, then ef candidates on layer 0.
std::vector<Candidate> PlainSearch(const HnswGraph& graph, VectorSource& source, size_t ef,
                                   const RowBitmap* allowed) {
  Candidate entry{0, graph.entry()};
  EXPECT_TRUE(source.Distances({&entry.row, 1}, &entry.distance));
  for (uint32_t layer = graph.Level(entry.row); layer > 0; --layer) {
    entry = PlainSearchLayer(graph, layer, source, entry, 1, nullptr).front();
  }
  return PlainSearchLayer(graph, 0, source, entry, ef, allowed);
}

class HnswSearchTest : public testing::Test {
 protected:
  HnswSearchTest() : rows_(12, ClusteredVectors(1500, 12, 3)) {
    CollectionOptions options = HnswOptions(12, Metric::kL2, 6, 40);
    options.quantization = Quantization::kNone;
    index_ = BuildIndex(options, rows_);
  }
  MemoryRows rows_;
  std::unique_ptr<VectorIndex> index_;
};

TEST_F(HnswSearchTest, FindsExactlyWhatThePapersAlgorithmFinds) {
  const HnswGraph& graph = GraphOf(*index_);
  const NodeOrder& order = static_cast<const HnswIndex&>(*index_).order();
  OrderedRows nodes(order.row_of(), &rows_);
  const std::vector<float> queries = ClusteredVectors(60, 12, 77);
  WalkScratch scratch;
  Tracker tracker;
  for (const uint32_t allowed_percent : {100u, 50u, 10u}) {
    RowBitmap allowed(rows_.row_count()), allowed_nodes(rows_.row_count());
    for (Row row = 0; row < rows_.row_count(); ++row) {
      if (row * 37 % 100 >= allowed_percent) continue;
      allowed.Set(row);
      allowed_nodes.Set(order.NodeOf(row));
    }
    for (const size_t ef : {1u, 10u, 64u}) {
      for (size_t i = 0; i < 60; ++i) {
        VectorSource source(Metric::kL2, std::span(queries).subspan(i * 12, 12), nodes);
        const bool all = allowed_percent == 100;
        const WalkGoal goal{.wanted_max = ef, .allowed = all ? nullptr : &allowed, .order = &order};
        WalkCounters counters;
        ASSERT_TRUE(DescendTo(graph, 0, goal, source, scratch, tracker, counters));
        ASSERT_TRUE(SearchLayer(graph, 0, goal, source, scratch, tracker, counters));
        std::vector<Candidate> found;
        for (const CandidatePool::Entry& entry : scratch.pool.entries()) {
          if (entry.wanted) found.push_back({entry.distance, entry.row});
        }
        ASSERT_EQ(found, PlainSearch(graph, source, ef, all ? nullptr : &allowed_nodes))
            << "ef " << ef << " query " << i;
      }
    }
  }
}

TEST_F(HnswSearchTest, ATraceTellsTheWholeWalkInOrder) {
  const std::vector<float> query = ClusteredVectors(1, 12, 5);
  std::vector<TraceEvent> events;
  WalkCounters counters;
  const auto found = index_->Search(query, {.count = 10, .ef = 30}, nullptr, rows_, &counters);
  const auto traced = index_->Trace(query, {.count = 10, .ef = 30}, nullptr, rows_, &events);
  ASSERT_TRUE(found.has_value() && traced.has_value());
  EXPECT_EQ(*traced, *found) << "looking must not change the answer";

  using Kind = TraceEvent::Kind;
  const ExactDistance exact(Metric::kL2, query);
  uint64_t measured = 1, opened = 0;  // The entry is measured before the first event.
  uint32_t layer = GraphOf(*index_).Level(GraphOf(*index_).entry()) + 1;
  Row open_row = kNoRow;
  std::set<Row> kept;
  for (const TraceEvent& event : events) {
    EXPECT_FLOAT_EQ(event.distance, exact(rows_.Vector(event.to).data()));
    switch (event.kind) {
      case Kind::kEnterLayer:
        EXPECT_EQ(event.layer, --layer) << "layers are entered one after the other, downwards";
        kept = {event.to};
        break;
      case Kind::kOpen:
        ++opened;
        EXPECT_TRUE(kept.contains(event.to)) << "only what was kept is opened";
        open_row = event.to;
        break;
      default:
        ++measured;
        EXPECT_EQ(event.from, open_row);
        EXPECT_EQ(event.kind == Kind::kKeep, event.distance <= event.bound);
        if (event.kind == Kind::kKeep) kept.insert(event.to);
    }
  }
  EXPECT_EQ(layer, 0u);
  EXPECT_EQ(measured, counters.distances);
  EXPECT_EQ(opened, counters.hops);
  for (const Candidate& candidate : *found) EXPECT_TRUE(kept.contains(candidate.row));
}

TEST_F(HnswSearchTest, AnUnreadableRowIsAnErrorAndTheNextSearchWorks) {
  const std::vector<float> query(rows_.Vector(700).begin(), rows_.Vector(700).end());
  WalkCounters counters;
  rows_.MakeUnreadable(700);
  const auto failed = index_->Search(query, {.count = 5, .ef = 50}, nullptr, rows_, &counters);
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code(), ErrorCode::kIoError);
  rows_.MakeUnreadable(kNoRow);
  const auto found = index_->Search(query, {.count = 5, .ef = 50}, nullptr, rows_, &counters);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->front().row, 700u);
}

}  // namespace
}  // namespace strata
