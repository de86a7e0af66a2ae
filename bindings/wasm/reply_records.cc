#include "reply_records.h"

#include <string>
#include <vector>

#include "bytes/append.h"

namespace strata {
namespace {

const Record* Find(const std::optional<Record>& record) { return record ? &*record : nullptr; }
const Record* Find(const Record& record) { return &record; }
const Hit* Find(const Hit& hit) { return &hit; }

// One column: `write` puts the value of each record that is there, null stands for the rest.
template <typename Row, typename Write>
void WriteColumn(JsonWriter& json, std::string_view name, std::span<const Row> rows, Write write) {
  json.Key(name);
  json.BeginArray();
  for (const Row& row : rows) {
    if (const auto* record = Find(row)) {
      write(*record);
    } else {
      json.Null();
    }
  }
  json.EndArray();
}

template <typename Row>
void WriteColumns(Reply& reply, std::span<const Row> rows, uint32_t include) {
  JsonWriter& json = reply.json;
  WriteColumn(json, "ids", rows, [&](const auto& record) { WriteId(json, record.id); });
  if (include & kIncludeMetadata) {
    // Stored metadata is valid JSON: the engine has checked it before storing it.
    WriteColumn(json, "metadata", rows, [&](const auto& record) {
      record.metadata.empty() ? json.Null() : json.Raw(record.metadata);
    });
  }
  if (include & kIncludeText) {
    WriteColumn(json, "texts", rows,
                [&](const auto& record) { record.text ? json.String(*record.text) : json.Null(); });
  }
  if (include & kIncludeVector) {
    std::vector<float> floats;
    WriteColumn(json, "vectors", rows, [&](const auto& record) {
      json.Unsigned(record.vector.size());
      AppendAll(record.vector, &floats);
    });
    reply.AddBlock(floats);
  }
}

}  // namespace

void WriteId(JsonWriter& json, const RecordId& id) {
  if (const int64_t* number = std::get_if<int64_t>(&id)) {
    json.Integer(*number);
  } else {
    json.String(std::get<std::string>(id));
  }
}

void WriteRecords(Reply& reply, std::span<const std::optional<Record>> records, uint32_t include) {
  reply.json.BeginObject();
  WriteColumns(reply, records, include);
  reply.json.EndObject();
}

void WriteRecords(Reply& reply, std::span<const Record> records, uint32_t include) {
  reply.json.BeginObject();
  WriteColumns(reply, records, include);
  reply.json.EndObject();
}

void WriteHits(Reply& reply, std::span<const Hit> hits, uint32_t include) {
  std::vector<float> numbers(2 * hits.size());
  const std::span<float> distances = std::span(numbers).first(hits.size());
  const std::span<float> scores = std::span(numbers).last(hits.size());
  for (size_t i = 0; i < hits.size(); ++i) {
    distances[i] = hits[i].distance;
    scores[i] = hits[i].score;
  }
  reply.AddBlock(std::span<const float>(distances));
  reply.AddBlock(std::span<const float>(scores));
  WriteColumns(reply, hits, include);
}

}  // namespace strata
