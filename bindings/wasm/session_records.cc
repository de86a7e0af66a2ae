// Session: writing and reading records.
#include <limits>
#include <optional>
#include <utility>

#include "batch_decoder.h"
#include "reply_records.h"
#include "session.h"

namespace strata {
namespace {

constexpr uint32_t kScanPrefix = 1;
constexpr uint32_t kScanFrom = 2;
constexpr uint32_t kScanTo = 4;

void WriteSummary(Reply& reply, const WriteReply& done) {
  JsonWriter& json = reply.json;
  json.BeginObject();
  json.Key("sequence");
  json.Unsigned(done.sequence);
  json.Key("changed");
  json.Unsigned(done.changed);
  json.Key("repeated");
  json.Bool(done.repeated);
  json.EndObject();
}

WriteToken Token(uint64_t client, double request) {
  return {.client = client, .request = static_cast<uint64_t>(request)};
}

// The one id that `bytes` holds.
Result<RecordId> DecodeId(std::span<const std::byte> bytes) {
  STRATA_ASSIGN_OR_RETURN(std::vector<RecordId> && ids, DecodeIds(bytes));
  if (ids.size() == 1) return std::move(ids.front());
  return Fail(ErrorCode::kInvalidArgument, {"request: one id expected, found ", ids.size()});
}

}  // namespace

int Session::Write(uint32_t collection, uint32_t float_count, uint32_t head_bytes, uint64_t client,
                   double request, bool defer_sync) {
  return frame_.Answer([&](Reply& reply) -> Result<void> {
    STRATA_ASSIGN_OR_RETURN(Collection* const found, FindCollection(collection));
    STRATA_ASSIGN_OR_RETURN(const auto& floats, frame_.arguments.TakeFloats(float_count));
    STRATA_ASSIGN_OR_RETURN(const auto& head, frame_.arguments.TakeBytes(head_bytes));
    STRATA_ASSIGN_OR_RETURN(std::vector<WriteOp> && ops, DecodeBatch(head, floats));
    frame_.arguments.Release();  // A bulk write needs the memory.
    STRATA_ASSIGN_OR_RETURN(const WriteReply& done,
                            found->Write(std::move(ops), Token(client, request), defer_sync));
    WriteSummary(reply, done);
    return {};
  });
}

int Session::DeleteWhere(uint32_t collection, uint32_t filter_bytes, uint64_t client, double request,
                         bool defer_sync) {
  return frame_.Answer([&](Reply& reply) -> Result<void> {
    STRATA_ASSIGN_OR_RETURN(Collection* const found, FindCollection(collection));
    STRATA_ASSIGN_OR_RETURN(const std::string_view filter, frame_.arguments.TakeText(filter_bytes));
    STRATA_ASSIGN_OR_RETURN(const WriteReply& done,
                            found->DeleteWhere(filter, Token(client, request), defer_sync));
    WriteSummary(reply, done);
    return {};
  });
}

int Session::Get(uint32_t collection, uint32_t view, uint32_t id_bytes, uint32_t include) {
  return frame_.Answer([&](Reply& reply) -> Result<void> {
    STRATA_ASSIGN_OR_RETURN(Collection* const found, FindCollection(collection));
    STRATA_ASSIGN_OR_RETURN(const ReadView* const seen, FindView(view, collection));
    STRATA_ASSIGN_OR_RETURN(const auto& packed, frame_.arguments.TakeBytes(id_bytes));
    STRATA_ASSIGN_OR_RETURN(const std::vector<RecordId>& ids, DecodeIds(packed));
    std::vector<std::optional<Record>> records;
    records.reserve(ids.size());
    for (const RecordId& id : ids) {
      STRATA_ASSIGN_OR_RETURN(std::optional<Record> && record, found->Get(id, seen));
      records.push_back(std::move(record));
    }
    WriteRecords(reply, records, include);
    return {};
  });
}

int Session::Has(uint32_t collection, uint32_t view, uint32_t id_bytes) {
  return frame_.Answer([&](Reply& reply) -> Result<void> {
    STRATA_ASSIGN_OR_RETURN(Collection* const found, FindCollection(collection));
    STRATA_ASSIGN_OR_RETURN(const ReadView* const seen, FindView(view, collection));
    STRATA_ASSIGN_OR_RETURN(const auto& packed, frame_.arguments.TakeBytes(id_bytes));
    STRATA_ASSIGN_OR_RETURN(const RecordId& id, DecodeId(packed));
    STRATA_ASSIGN_OR_RETURN(const bool has, found->Has(id, seen));
    reply.json.Bool(has);
    return {};
  });
}

int Session::Count(uint32_t collection, uint32_t view, uint32_t filter_bytes) {
  return frame_.Answer([&](Reply& reply) -> Result<void> {
    STRATA_ASSIGN_OR_RETURN(Collection* const found, FindCollection(collection));
    STRATA_ASSIGN_OR_RETURN(const ReadView* const seen, FindView(view, collection));
    STRATA_ASSIGN_OR_RETURN(const std::string_view filter, frame_.arguments.TakeText(filter_bytes));
    STRATA_ASSIGN_OR_RETURN(const uint64_t count, found->Count(filter, seen));
    reply.json.Unsigned(count);
    return {};
  });
}

int Session::Scan(uint32_t collection, uint32_t view, uint32_t parts, uint32_t prefix_bytes,
                  uint32_t from_bytes, uint32_t to_bytes, uint32_t filter_bytes, double limit,
                  uint32_t include, uint32_t page) {
  return frame_.Answer([&](Reply& reply) -> Result<void> {
    STRATA_ASSIGN_OR_RETURN(Collection* const found, FindCollection(collection));
    STRATA_ASSIGN_OR_RETURN(std::shared_ptr<const ReadView> && seen, ShareView(view, collection));
    STRATA_ASSIGN_OR_RETURN(const std::string_view prefix, frame_.arguments.TakeText(prefix_bytes));
    STRATA_ASSIGN_OR_RETURN(const auto& from, frame_.arguments.TakeBytes(from_bytes));
    STRATA_ASSIGN_OR_RETURN(const auto& to, frame_.arguments.TakeBytes(to_bytes));
    STRATA_ASSIGN_OR_RETURN(const std::string_view filter, frame_.arguments.TakeText(filter_bytes));
    ScanOptions options;
    if (parts & kScanPrefix) options.prefix = prefix;
    if (parts & kScanFrom) {
      STRATA_ASSIGN_OR_RETURN(const RecordId& id, DecodeId(from));
      STRATA_ASSIGN_OR_RETURN(options.from_key, EncodeKey(id));
    }
    if (parts & kScanTo) {
      STRATA_ASSIGN_OR_RETURN(const RecordId& id, DecodeId(to));
      STRATA_ASSIGN_OR_RETURN(options.to_key, EncodeKey(id));
    }
    options.filter = filter;
    constexpr double kExactMax = 9007199254740992.0;  // Also keeps the conversion in range.
    if (limit >= 0 && limit < kExactMax) options.limit = static_cast<uint64_t>(limit);
    options.include_metadata = (include & kIncludeMetadata) != 0;
    options.include_text = (include & kIncludeText) != 0;
    options.include_vector = (include & kIncludeVector) != 0;
    STRATA_ASSIGN_OR_RETURN(std::unique_ptr<Cursor> && cursor, found->Scan(options, std::move(seen)));
    const uint32_t handle =
        cursors_.Add({.collection = collection, .include = include, .cursor = std::move(cursor)});
    return WritePage(reply, handle, page);
  });
}

int Session::ScanNext(uint32_t cursor, uint32_t page) {
  return frame_.Answer([&](Reply& reply) -> Result<void> { return WritePage(reply, cursor, page); });
}

// A cursor that has come to its end, or fails, is given back here.
Result<void> Session::WritePage(Reply& reply, uint32_t cursor, uint32_t page) {
  last_cursor_ = 0;
  const NamedCursor* const named = cursors_.Find(cursor);
  if (named == nullptr) return Fail(ErrorCode::kClosed, "the scan has ended");
  if (page == 0) return Fail(ErrorCode::kInvalidArgument, "request: a page of no records");
  Result<std::vector<Record>> records = named->cursor->Next(page);
  if (records) WriteRecords(reply, *records, named->include);
  if (records && records->size() == page) {
    last_cursor_ = cursor;
  } else {
    cursors_.Close(cursor);
  }
  if (!records) return PassedError{records.error()};
  return {};
}

int Session::View(uint32_t collection) {
  return frame_.Answer([&](Reply& reply) -> Result<void> {
    STRATA_ASSIGN_OR_RETURN(Collection* const found, FindCollection(collection));
    std::shared_ptr<const ReadView> view = found->View();
    const uint64_t sequence = view->sequence();
    reply.json.BeginObject();
    reply.json.Key("view");
    reply.json.Unsigned(views_.Add({.collection = collection, .view = std::move(view)}));
    reply.json.Key("sequence");
    reply.json.Unsigned(sequence);
    reply.json.EndObject();
    return {};
  });
}

}  // namespace strata
