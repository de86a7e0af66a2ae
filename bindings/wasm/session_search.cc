// Session: searching, and looking inside.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "index/index_suite.h"
#include "reply_inspect.h"
#include "reply_records.h"
#include "session.h"

namespace strata {
namespace {

enum SearchMode : uint32_t { kSearch = 0, kExplain = 1, kSearchMany = 2 };
enum InspectWhat : uint32_t {
  kSegments = 0,
  kMemtable = 1,
  kLsm = 2,
  kGraph = 3,
  kTrace = 4,
  kCodebooks = 5,
  kProjection = 6,
  kIdOf = 7,
  kMemory = 8,
  kKdTree = 9,
  kLsh = 10,
};

// {"k": width of a row, "ids": [an id or null, ...]}, row-major. Blocks: distances (NaN for null), hits of
// each query.
//
// The engine gives the hits of all queries one after the other. Rows are as wide as the longest answer and
// not as the k that was asked for, which may be 2^31 - 1.
void WriteSearchMany(Reply& reply, const SearchManyReply& found) {
  const uint32_t width =
      found.counts.empty() ? 0 : *std::max_element(found.counts.begin(), found.counts.end());
  std::vector<float> distances;
  distances.reserve(found.counts.size() * width);
  size_t next = 0;
  JsonWriter& json = reply.json;
  json.BeginObject();
  json.Key("k");
  json.Unsigned(width);
  json.Key("ids");
  json.BeginArray();
  for (const uint32_t count : found.counts) {
    for (uint32_t place = 0; place < width; ++place) {
      if (place < count) {
        WriteId(json, found.ids[next]);
        distances.push_back(found.distances[next++]);
      } else {
        json.Null();
        distances.push_back(std::numeric_limits<float>::quiet_NaN());
      }
    }
  }
  json.EndArray();
  json.EndObject();
  reply.AddBlock(distances);
  reply.AddBlock(found.counts);
}

void WriteSearch(Reply& reply, const SearchReply& found, uint32_t include, bool explain) {
  reply.json.BeginObject();
  WriteHits(reply, found.hits, include);
  if (explain) {
    reply.json.Key("plans");
    WritePlans(reply.json, found.plans);
    reply.json.Key("counters");
    WriteCounters(reply.json, found.counters);
  }
  reply.json.EndObject();
}

}  // namespace

int Session::Search(uint32_t collection, uint32_t view, uint32_t mode, uint32_t float_count,
                    uint32_t filter_bytes, bool has_text, uint32_t text_bytes, uint32_t k, uint32_t ef_search,
                    uint32_t probes, double radius, bool exact, uint32_t rescore, uint32_t include,
                    uint32_t fusion, double fusion_number, uint32_t fusion_depth) {
  return frame_.Answer([&](Reply& reply) -> Result<void> {
    STRATA_ASSIGN_OR_RETURN(Collection* const found, FindCollection(collection));
    STRATA_ASSIGN_OR_RETURN(const ReadView* const seen, FindView(view, collection));
    STRATA_ASSIGN_OR_RETURN(const auto& query, frame_.arguments.TakeFloats(float_count));
    STRATA_ASSIGN_OR_RETURN(const std::string_view filter, frame_.arguments.TakeText(filter_bytes));
    STRATA_ASSIGN_OR_RETURN(const std::string_view text, frame_.arguments.TakeText(text_bytes));
    SearchOptions options;
    if (has_text) options.text = text;
    options.fusion.method = fusion == 0 ? FusionMethod::kRrf : FusionMethod::kWeighted;
    (fusion == 0 ? options.fusion.rrf_constant : options.fusion.vector_weight) =
        static_cast<float>(fusion_number);
    options.fusion.depth = fusion_depth;
    options.k = k;
    options.ef_search = ef_search;
    options.probes = probes;
    if (radius != HUGE_VAL) options.radius = static_cast<float>(radius);
    options.exact = exact;
    options.rescore = rescore;
    options.filter = filter;
    options.include_metadata = (include & kIncludeMetadata) != 0;
    options.include_text = (include & kIncludeText) != 0;
    options.include_vector = (include & kIncludeVector) != 0;
    if (mode == kSearchMany) {
      STRATA_ASSIGN_OR_RETURN(const SearchManyReply& hits, found->SearchMany(query, options, seen));
      WriteSearchMany(reply, hits);
      return {};
    }
    const bool explain = mode == kExplain;
    STRATA_ASSIGN_OR_RETURN(const SearchReply& hits, explain ? found->Explain(query, options, seen)
                                                             : found->Search(query, options, seen));
    WriteSearch(reply, hits, include, explain && HasIndexSuite());
    return {};
  });
}

int Session::Inspect(uint32_t collection, uint32_t what, double argument, uint32_t layer,
                     uint32_t float_count) {
  return frame_.Answer([&](Reply& reply) -> Result<void> {
    STRATA_ASSIGN_OR_RETURN(Collection* const found, FindCollection(collection));
    STRATA_ASSIGN_OR_RETURN(const auto& query, frame_.arguments.TakeFloats(float_count));
    if (!(argument >= 0 && argument <= static_cast<double>(kIdIntegerMax))) {
      return Fail(ErrorCode::kInvalidArgument, "inspect: the argument is not a number of anything");
    }
    const uint64_t number = static_cast<uint64_t>(argument);
    const uint32_t count = static_cast<uint32_t>(std::min<uint64_t>(number, UINT32_MAX));
    if (!HasIndexSuite()) return NotInThisBuild();
    Inspector& inspector = found->inspect();
    switch (what) {
      case kSegments:
        WriteSegments(reply, inspector.Segments());
        return {};
      case kMemtable:
        WriteMemtable(reply, inspector.Memtable());
        return {};
      case kLsm:
        WriteLsm(reply, inspector.Lsm());
        return {};
      case kGraph: {
        STRATA_ASSIGN_OR_RETURN(const GraphLayer& graph, inspector.Graph(number, layer));
        WriteGraph(reply, graph);
        return {};
      }
      case kTrace: {
        STRATA_ASSIGN_OR_RETURN(const std::vector<TraceEvent>& events, inspector.Trace(query, count, layer));
        WriteTrace(reply, events);
        return {};
      }
      case kCodebooks: {
        STRATA_ASSIGN_OR_RETURN(const Codebook& codebook, inspector.Codebooks(number));
        WriteCodebook(reply, codebook);
        return {};
      }
      case kProjection: {
        STRATA_ASSIGN_OR_RETURN(const Projection& projection, inspector.ProjectPca(count));
        WriteProjection(reply, projection);
        return {};
      }
      case kIdOf: {
        STRATA_ASSIGN_OR_RETURN(const RecordId& id, inspector.IdOf(number, layer));
        WriteId(reply.json, id);
        return {};
      }
      case kMemory:
        WriteMemory(reply, inspector.Memory());
        return {};
      case kKdTree: {
        STRATA_ASSIGN_OR_RETURN(const KdTreeView& tree, inspector.KdTree(number));
        WriteKdTree(reply, tree);
        return {};
      }
      case kLsh: {
        STRATA_ASSIGN_OR_RETURN(const LshView& tables, inspector.Lsh(number));
        WriteLsh(reply, tables);
        return {};
      }
      default:
        return Fail(ErrorCode::kInvalidArgument, {"inspect: there is nothing of number ", what});
    }
  });
}

}  // namespace strata
