#include "collection/resolve_writes.h"

#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "bytes/json.h"
#include "bytes/json_patch.h"
#include "bytes/utf8.h"
#include "vector/float_kernels.h"

namespace strata {
namespace {

// Sums of squares and products of numbers this size stay finite in float32 for every dimension we allow.
constexpr float kComponentMax = 1e15f;
constexpr float kCosineSquareMin = 1e-30f;

// The fields of one record, wherever they were found.
struct Fields {
  std::vector<float> vector;
  std::string metadata;
  std::optional<std::string> text;
};

class Resolver {
 public:
  Resolver(const CollectionOptions& options, const CollectionState& state, size_t op_count, bool looks_back)
      : options_(options), state_(state), looks_back_(looks_back) {
    resolved_.reserve(op_count);  // Never reallocated: last_op_ holds views of the keys inside.
  }

  Result<void> Add(WriteOp&& op, size_t position) {
    // What is moved out of the op on the way is not its id.
    if (auto added = Apply(op); !added) {
      return Fail(added.error().code(),
                  {"op ", position, " (id ", IdText(op.record.id), "): ", added.error().message()});
    }
    return {};
  }

  std::vector<BatchOp> Take() { return std::move(resolved_); }

 private:
  Result<void> Apply(WriteOp& op) {
    STRATA_ASSIGN_OR_RETURN(std::string && key, EncodeKey(op.record.id));
    switch (op.kind) {
      case WriteOp::Kind::kUpsert:
        return Put(std::move(key), std::move(op.record));
      case WriteOp::Kind::kInsert: {
        STRATA_ASSIGN_OR_RETURN(const bool live, IsLive(key));
        if (live) return Fail(ErrorCode::kAlreadyExists, {"insert of an id that is there already"});
        return Put(std::move(key), std::move(op.record));
      }
      case WriteOp::Kind::kUpdate:
        return Update(std::move(key), std::move(op.record));
      case WriteOp::Kind::kDelete: {
        STRATA_ASSIGN_OR_RETURN(const bool live, IsLive(key));
        if (live)
          Push(BatchOp{.erase = true, .key = std::move(key), .vector = {}, .metadata = {}, .text = {}});
        return {};
      }
    }
    return Fail(ErrorCode::kInvalidArgument, {"unknown kind of op"});
  }

  Result<void> Put(std::string key, Record&& record) {
    if (!record.vector.empty()) STRATA_RETURN_IF_ERROR(CheckVector(options_, record.vector));
    if (record.metadata.size() > kMetadataBytesMax) {
      return Fail(ErrorCode::kInvalidArgument, {"metadata has ", record.metadata.size(), " bytes, at most ",
                                                kMetadataBytesMax, " are allowed"});
    }
    if (!record.metadata.empty()) {
      if (auto checked = CheckMetadata(record.metadata); !checked) {
        return Fail(checked.error().code(), {"metadata: ", checked.error().message()});
      }
    }
    if (record.text) {
      if (record.text->size() > kTextBytesMax) {
        return Fail(ErrorCode::kInvalidArgument,
                    {"text has ", record.text->size(), " bytes, at most ", kTextBytesMax, " are allowed"});
      }
      if (!IsUtf8(*record.text)) return Fail(ErrorCode::kInvalidArgument, {"text is not valid UTF-8"});
    }
    Push(BatchOp{.erase = false,
                 .key = std::move(key),
                 .vector = std::move(record.vector),
                 .metadata = std::move(record.metadata),
                 .text = std::move(record.text)});
    return {};
  }

  Result<void> Update(std::string key, Record&& patch) {
    STRATA_ASSIGN_OR_RETURN(std::optional<Fields> && found, Current(key, patch.vector.empty()));
    if (!found) return Fail(ErrorCode::kNotFound, {"update of an id that is not there"});
    if (!patch.vector.empty()) found->vector = std::move(patch.vector);
    if (!patch.metadata.empty()) {
      const std::string_view target = found->metadata.empty() ? std::string_view("{}") : found->metadata;
      auto merged = MergePatch(target, patch.metadata);
      if (!merged) return Fail(merged.error().code(), {"metadata: ", merged.error().message()});
      found->metadata = std::move(*merged);
    }
    if (patch.text) found->text = std::move(patch.text);
    return Put(std::move(key), Record{.id = patch.id,
                                      .vector = std::move(found->vector),
                                      .metadata = std::move(found->metadata),
                                      .text = std::move(found->text)});
  }

  void Push(BatchOp&& op) {
    resolved_.push_back(std::move(op));
    if (looks_back_) last_op_[resolved_.back().key] = resolved_.size() - 1;
  }

  Result<bool> IsLive(std::string_view key) const {
    if (const auto it = last_op_.find(key); it != last_op_.end()) return !resolved_[it->second].erase;
    STRATA_ASSIGN_OR_RETURN(const auto& place, FindLive(state_, key));
    return place.has_value();
  }

  Result<std::optional<Fields>> Current(std::string_view key, bool want_vector) const {
    if (const auto it = last_op_.find(key); it != last_op_.end()) {
      const BatchOp& op = resolved_[it->second];
      if (op.erase) return std::nullopt;
      return Fields{op.vector, op.metadata, op.text};
    }
    STRATA_ASSIGN_OR_RETURN(const auto& place, FindLive(state_, key));
    if (!place) return std::nullopt;
    STRATA_ASSIGN_OR_RETURN(Record && record, ReadRecord(state_, *place, want_vector));
    return Fields{std::move(record.vector), std::move(record.metadata), std::move(record.text)};
  }

  const CollectionOptions& options_;
  const CollectionState& state_;
  const bool looks_back_;
  std::vector<BatchOp> resolved_;
  std::map<std::string_view, size_t> last_op_;  // Key -> position in resolved_.
};

}  // namespace

std::string IdText(const RecordId& id) {
  if (const int64_t* number = std::get_if<int64_t>(&id)) return std::to_string(*number);
  const std::string& text = std::get<std::string>(id);
  constexpr size_t kShown = 40;
  return Message({"\"", std::string_view(text).substr(0, kShown), text.size() <= kShown ? "\"" : "...\""});
}

Result<void> CheckVector(const CollectionOptions& options, std::span<const float> vector) {
  if (options.dimension == 0) {
    return Fail(ErrorCode::kInvalidArgument, {"the collection was made without vectors (dimension 0)"});
  }
  if (vector.size() != options.dimension) {
    return Fail(ErrorCode::kInvalidArgument,
                {"vector has ", vector.size(), " numbers, expected ", options.dimension});
  }
  const float sum_of_squares = Dot(vector.data(), vector.data(), vector.size());
  // A component beyond the limit makes for a sum of at least its square, rounding apart; NaN for one that
  // compares as false.
  if (!(sum_of_squares <= kComponentMax * kComponentMax / 2)) {
    size_t at = 0;
    while (at < vector.size() && std::fabs(vector[at]) <= kComponentMax) ++at;
    if (at == vector.size()) return {};  // Many large components, each allowed.
    const char* found = std::isnan(vector[at]) ? "NaN" : std::isinf(vector[at]) ? "infinite" : "beyond 1e15";
    return Fail(ErrorCode::kInvalidArgument,
                {"vector[", at, "] is ", found, ", expected a finite number of at most 1e15 in size"});
  }
  if (options.metric == Metric::kCosine && !(sum_of_squares >= kCosineSquareMin)) {
    return Fail(ErrorCode::kInvalidArgument,
                {"the vector's length is zero or below 1e-15, so it has no direction to compare by cosine"});
  }
  return {};
}

Result<std::vector<BatchOp>> ResolveWrites(const CollectionOptions& options, const CollectionState& state,
                                           std::vector<WriteOp> ops) {
  bool looks_back = false;  // Plain upserts need no look at what is there.
  for (const WriteOp& op : ops) looks_back |= op.kind != WriteOp::Kind::kUpsert;
  Resolver resolver(options, state, ops.size(), looks_back);
  for (size_t i = 0; i < ops.size(); ++i) STRATA_RETURN_IF_ERROR(resolver.Add(std::move(ops[i]), i));
  return resolver.Take();
}

}  // namespace strata
