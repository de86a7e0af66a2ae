#include "reply_inspect.h"

#include <string_view>
#include <vector>

#include "reply_records.h"

namespace strata {
namespace {

// An object's members, one call each.
class Members {
 public:
  explicit Members(JsonWriter& json) : json_(json) { json_.BeginObject(); }
  ~Members() { json_.EndObject(); }
  Members(const Members&) = delete;
  Members& operator=(const Members&) = delete;

  Members& Number(std::string_view key, uint64_t value) {
    json_.Key(key);
    json_.Unsigned(value);
    return *this;
  }
  Members& Text(std::string_view key, std::string_view value) {
    json_.Key(key);
    json_.String(value);
    return *this;
  }
  Members& Flag(std::string_view key, bool value) {
    json_.Key(key);
    json_.Bool(value);
    return *this;
  }

  template <typename T, typename Write>
  Members& List(std::string_view key, const std::vector<T>& values, Write write) {
    json_.Key(key);
    json_.BeginArray();
    for (const T& value : values) write(value);
    json_.EndArray();
    return *this;
  }
  Members& Texts(std::string_view key, const std::vector<std::string>& values) {
    return List(key, values, [this](const std::string& value) { json_.String(value); });
  }

 private:
  JsonWriter& json_;
};

template <typename T, typename Write>
void WriteList(JsonWriter& json, std::span<const T> values, Write write) {
  json.BeginArray();
  for (const T& value : values) write(value);
  json.EndArray();
}

// A column of one member of every row.
template <typename To, typename T, typename Get>
void AddColumn(Reply& reply, std::span<const T> rows, Get get) {
  std::vector<To> column;
  column.reserve(rows.size());
  for (const T& row : rows) column.push_back(static_cast<To>(get(row)));
  reply.AddBlock(column);
}

}  // namespace

void WriteSegments(Reply& reply, std::span<const SegmentInfo> segments) {
  JsonWriter& json = reply.json;
  WriteList(json, segments, [&](const SegmentInfo& segment) {
    Members(json)
        .Number("file", segment.file)
        .Number("indexFile", segment.index_file)
        .Number("rows", segment.rows)
        .Number("deadRows", segment.dead_rows)
        .Number("bytes", segment.bytes)
        .Text("index", segment.index)
        .List("layerRows", segment.layer_rows, [&](uint32_t rows) { json.Unsigned(rows); });
  });
}

void WriteMemtable(Reply& reply, std::span<const MemtableNode> nodes) {
  WriteList(reply.json, nodes, [&](const MemtableNode& node) { WriteId(reply.json, node.id); });
  AddColumn<int32_t>(reply, nodes, [](const MemtableNode& node) { return node.left; });
  AddColumn<int32_t>(reply, nodes, [](const MemtableNode& node) { return node.right; });
  AddColumn<int32_t>(reply, nodes, [](const MemtableNode& node) { return node.height; });
  AddColumn<int32_t>(reply, nodes, [](const MemtableNode& node) { return node.balance; });
}

void WriteLsm(Reply& reply, const LsmInfo& info) {
  Members(reply.json)
      .Number("logFile", info.log_file)
      .Number("logBytes", info.log_bytes)
      .Number("sequence", info.sequence)
      .Number("durableSequence", info.durable_sequence)
      .Texts("pending", info.pending)
      .Texts("done", info.done);
}

void WriteGraph(Reply& reply, const GraphLayer& layer) {
  reply.AddBlock(layer.rows);
  reply.AddBlock(layer.offsets);
  reply.AddBlock(layer.links);
}

void WriteTrace(Reply& reply, std::span<const TraceEvent> events) {
  AddColumn<uint32_t>(reply, events, [](const TraceEvent& event) { return event.kind; });
  AddColumn<uint32_t>(reply, events, [](const TraceEvent& event) { return event.layer; });
  AddColumn<uint32_t>(reply, events, [](const TraceEvent& event) { return event.from; });
  AddColumn<uint32_t>(reply, events, [](const TraceEvent& event) { return event.to; });
  AddColumn<float>(reply, events, [](const TraceEvent& event) { return event.distance; });
  AddColumn<float>(reply, events, [](const TraceEvent& event) { return event.bound; });
  AddColumn<double>(reply, events, [](const TraceEvent& event) { return event.segment; });
}

void WriteKdTree(Reply& reply, const KdTreeView& tree) {
  const std::span<const KdTreeNode> nodes = tree.nodes;
  Members(reply.json).Number("dimension", tree.dimension).Number("axisCount", tree.axis_count);
  reply.AddBlock(tree.mean);
  reply.AddBlock(tree.axes);
  AddColumn<int32_t>(reply, nodes, [](const KdTreeNode& node) { return node.left; });
  AddColumn<int32_t>(reply, nodes, [](const KdTreeNode& node) { return node.right; });
  AddColumn<uint32_t>(reply, nodes, [](const KdTreeNode& node) { return node.axis; });
  AddColumn<float>(reply, nodes, [](const KdTreeNode& node) { return node.value; });
  AddColumn<uint32_t>(reply, nodes, [](const KdTreeNode& node) { return node.first; });
  AddColumn<uint32_t>(reply, nodes, [](const KdTreeNode& node) { return node.count; });
  reply.AddBlock(tree.rows);
}

void WriteLsh(Reply& reply, const LshView& tables) {
  Members(reply.json)
      .Text("kind", tables.kind)
      .Number("tables", tables.tables)
      .Number("hashes", tables.hashes)
      .Number("dimension", tables.dimension);
  reply.AddBlock(std::span(&tables.width, 1));
  reply.AddBlock(tables.hyperplanes);
  reply.AddBlock(tables.offsets);
  reply.AddBlock(tables.table_buckets);
  reply.AddBlock(tables.keys);
  reply.AddBlock(tables.bucket_rows);
  reply.AddBlock(tables.rows);
}

// What a codebook of this type has, and nothing else.
void WriteCodebook(Reply& reply, const Codebook& codebook) {
  Members members(reply.json);
  members.Text("type", codebook.type).Number("dimension", codebook.dimension);
  if (codebook.type == "pq") {
    members.Number("sliceCount", codebook.slice_count)
        .Number("centroidCount", codebook.centroid_count)
        .Flag("rotated", codebook.rotated);
    reply.AddBlock(codebook.centroids);
  } else if (codebook.type == "rabitq") {
    members.Number("bits", codebook.bits);
    reply.AddBlock(codebook.centre);
  } else {
    reply.AddBlock(codebook.minimum);
    reply.AddBlock(codebook.step);
  }
}

void WriteProjection(Reply& reply, const Projection& projection) {
  WriteList(reply.json, std::span(projection.ids), [&](const RecordId& id) { WriteId(reply.json, id); });
  reply.AddBlock(projection.points);
  reply.AddBlock(projection.variance);
}

void WriteMemory(Reply& reply, std::span<const MemoryPart> parts) {
  WriteList(reply.json, parts, [&](const MemoryPart& part) {
    Members(reply.json).Text("name", part.name).Number("bytes", part.bytes);
  });
}

void WritePlans(JsonWriter& json, std::span<const SegmentPlan> plans) {
  WriteList(json, plans, [&](const SegmentPlan& plan) {
    Members(json)
        .Number("segment", plan.segment)
        .Number("rows", plan.rows)
        .Number("matchingRows", plan.matching_rows)
        .Text("strategy", plan.strategy)
        .Text("reason", plan.reason);
  });
}

void WriteCounters(JsonWriter& json, const SearchCounters& counters) {
  Members(json)
      .Number("distancesApproximate", counters.distances_approximate)
      .Number("distancesExact", counters.distances_exact)
      .Number("hops", counters.hops)
      .Number("postingsRead", counters.postings_read)
      .Number("textsRead", counters.texts_read)
      .Number("blocksRead", counters.blocks_read)
      .Number("filterMicros", counters.filter_micros)
      .Number("walkMicros", counters.walk_micros)
      .Number("rescoreMicros", counters.rescore_micros)
      .Number("textMicros", counters.text_micros)
      .Number("fetchMicros", counters.fetch_micros);
}

void WriteRecovery(JsonWriter& json, const RecoveryReport& report) {
  Members(json)
      .Flag("created", report.created)
      .Number("batchesReplayed", report.batches_replayed)
      .Number("logBytesDropped", report.log_bytes_dropped)
      .Flag("logDamaged", report.log_damaged)
      .Texts("notes", report.notes);
}

void WriteStats(JsonWriter& json, const DatabaseStats& stats) {
  Members(json)
      .Number("sequence", stats.sequence)
      .Number("durableSequence", stats.durable_sequence)
      .Number("epoch", stats.epoch)
      .Number("files", stats.files)
      .Number("bytes", stats.bytes)
      .Number("memoryBytes", stats.memory_bytes)
      .Number("cacheHits", stats.cache_hits)
      .Number("cacheMisses", stats.cache_misses)
      .Number("flushes", stats.flushes)
      .Number("compactions", stats.compactions)
      .Number("indexBuilds", stats.index_builds)
      .List("collections", stats.collections, [&](const CollectionStats& collection) {
        Members(json)
            .Text("name", collection.name)
            .Number("records", collection.records)
            .Number("memtableRecords", collection.memtable_records)
            .Number("memtableBytes", collection.memtable_bytes)
            .Number("segments", collection.segments)
            .Number("deadRows", collection.dead_rows)
            .Number("indexedRows", collection.indexed_rows);
      });
}

void WriteDamages(JsonWriter& json, std::span<const Damage> damages) {
  WriteList(json, damages, [&](const Damage& damage) {
    Members(json).Number("file", damage.file).Text("message", damage.message);
  });
}

}  // namespace strata
