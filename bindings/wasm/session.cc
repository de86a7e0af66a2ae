#include "session.h"

#include <algorithm>
#include <utility>

#include "batch_decoder.h"
#include "collection_numbers.h"
#include "reply_inspect.h"

namespace strata {
namespace {

// Numbers in replies are integers: how far StepCompact() has come is told in millionths.
constexpr double kCompactDoneMax = 1e6;

// JavaScript is told how far the work is, and may ask to stop it.
bool Report(double done) { return ReportProgress(done); }

}  // namespace

Result<Database*> Session::OpenDatabase() const {
  if (database_) return database_.get();
  return Fail(ErrorCode::kClosed, "the database is closed");
}

Result<Collection*> Session::FindCollection(uint32_t handle) const {
  STRATA_RETURN_IF_ERROR(OpenDatabase());
  if (handle == 0 || handle > collections_.size() || collections_[handle - 1] == nullptr) {
    return Fail(ErrorCode::kNotFound, "the collection is not there (any more)");
  }
  return collections_[handle - 1];
}

Result<std::shared_ptr<const ReadView>> Session::ShareView(uint32_t handle, uint32_t collection) const {
  if (handle == 0) return nullptr;
  const NamedView* const found = views_.Find(handle);
  if (found == nullptr || found->collection != collection) {
    return Fail(ErrorCode::kClosed, "the snapshot is closed");
  }
  return found->view;
}

Result<const ReadView*> Session::FindView(uint32_t handle, uint32_t collection) const {
  STRATA_ASSIGN_OR_RETURN(const auto& view, ShareView(handle, collection));
  return view.get();
}

int Session::ErrorNames() {
  return frame_.Answer([&](Reply& reply) -> Result<void> {
    reply.json.BeginArray();
    for (uint32_t code = 1; code <= static_cast<uint32_t>(ErrorCode::kInternal); ++code) {
      reply.json.String(ErrorCodeName(static_cast<ErrorCode>(code)));
    }
    reply.json.EndArray();
    return {};
  });
}

int Session::Open(bool strict, bool read_only, bool create, bool refuse_damaged_log,
                  double memory_budget_bytes, uint32_t first_handle) {
  views_.CountFrom(first_handle);
  cursors_.CountFrom(first_handle);
  return frame_.Answer([&](Reply& reply) -> Result<void> {
    DatabaseOptions options;
    options.durability = strict ? Durability::kStrict : Durability::kRelaxed;
    options.read_only = read_only;
    options.create_if_missing = create;
    options.refuse_damaged_log = refuse_damaged_log;
    options.memory_budget_bytes = static_cast<size_t>(memory_budget_bytes);
    STRATA_ASSIGN_OR_RETURN(database_, Database::Open(&env_, options));
    WriteRecovery(reply.json, database_->recovery());
    return {};
  });
}

int Session::OpenCollection(uint32_t name_bytes, uint32_t option_bytes, bool all_indexed,
                            uint32_t indexed_bytes) {
  return frame_.Answer([&](Reply& reply) -> Result<void> {
    STRATA_ASSIGN_OR_RETURN(Database* const database, OpenDatabase());
    STRATA_ASSIGN_OR_RETURN(const std::string_view name, frame_.arguments.TakeText(name_bytes));
    STRATA_ASSIGN_OR_RETURN(const auto& numbers, frame_.arguments.TakeBytes(option_bytes));
    STRATA_ASSIGN_OR_RETURN(const auto& indexed, frame_.arguments.TakeBytes(indexed_bytes));
    Collection* collection = nullptr;
    if (option_bytes != 0) {
      STRATA_ASSIGN_OR_RETURN(CollectionOptions && options, DecodeCollectionNumbers(numbers));
      if (!all_indexed) {
        STRATA_ASSIGN_OR_RETURN(options.indexed, DecodeTexts(indexed));
      }
      STRATA_ASSIGN_OR_RETURN(collection, database->OpenCollection(name, options));
    } else {
      STRATA_ASSIGN_OR_RETURN(collection, database->FindCollection(name));
    }
    auto at = std::find(collections_.begin(), collections_.end(), collection);
    if (at == collections_.end()) at = collections_.insert(at, collection);
    JsonWriter& json = reply.json;
    json.BeginObject();
    json.Key("handle");
    json.Unsigned(static_cast<uint64_t>(at - collections_.begin() + 1));
    WriteCollectionOptions(json, collection->options());
    json.EndObject();
    return {};
  });
}

int Session::Collections() {
  return frame_.Answer([&](Reply& reply) -> Result<void> {
    STRATA_ASSIGN_OR_RETURN(Database* const database, OpenDatabase());
    reply.json.BeginArray();
    for (const std::string& name : database->CollectionNames()) reply.json.String(name);
    reply.json.EndArray();
    return {};
  });
}

int Session::Drop(uint32_t name_bytes) {
  return frame_.Answer([&](Reply&) -> Result<void> {
    STRATA_ASSIGN_OR_RETURN(Database* const database, OpenDatabase());
    STRATA_ASSIGN_OR_RETURN(const std::string_view name, frame_.arguments.TakeText(name_bytes));
    STRATA_ASSIGN_OR_RETURN(Collection* const collection, database->FindCollection(name));
    const auto at = std::find(collections_.begin(), collections_.end(), collection);
    STRATA_RETURN_IF_ERROR(database->Drop(name));
    if (at == collections_.end()) return {};
    const uint32_t handle = static_cast<uint32_t>(at - collections_.begin() + 1);
    *at = nullptr;
    const auto is_of_it = [&](const auto& named) { return named.collection == handle; };
    views_.CloseIf(is_of_it);
    cursors_.CloseIf(is_of_it);
    return {};
  });
}

int Session::SyncLog() {
  return frame_.Answer([&](Reply&) -> Result<void> {
    STRATA_ASSIGN_OR_RETURN(Database* const database, OpenDatabase());
    return database->SyncLog();
  });
}

bool Session::HasBackgroundWork() { return database_ && database_->HasBackgroundWork(); }

int Session::RunBackground(double micros) {
  return frame_.Answer([&](Reply& reply) -> Result<void> {
    STRATA_ASSIGN_OR_RETURN(Database* const database, OpenDatabase());
    STRATA_ASSIGN_OR_RETURN(const bool more, database->RunBackground(static_cast<uint64_t>(micros)));
    reply.json.Bool(more);
    return {};
  });
}

int Session::Flush() {
  return frame_.Answer([&](Reply&) -> Result<void> {
    STRATA_ASSIGN_OR_RETURN(Database* const database, OpenDatabase());
    return database->Flush();
  });
}

int Session::BeginCompact() {
  return frame_.Answer([&](Reply&) -> Result<void> {
    STRATA_ASSIGN_OR_RETURN(Database* const database, OpenDatabase());
    return database->BeginCompact();
  });
}

int Session::StepCompact(double micros) {
  return frame_.Answer([&](Reply& reply) -> Result<void> {
    STRATA_ASSIGN_OR_RETURN(Database* const database, OpenDatabase());
    STRATA_ASSIGN_OR_RETURN(const double done, database->StepCompact(static_cast<uint64_t>(micros)));
    reply.json.Unsigned(static_cast<uint64_t>(done * kCompactDoneMax));
    return {};
  });
}

void Session::StopCompact() {
  if (database_) database_->StopCompact();
}

int Session::Verify() {
  return frame_.Answer([&](Reply& reply) -> Result<void> {
    STRATA_ASSIGN_OR_RETURN(Database* const database, OpenDatabase());
    STRATA_ASSIGN_OR_RETURN(const std::vector<Damage>& damages, database->Verify(Report));
    WriteDamages(reply.json, damages);
    return {};
  });
}

int Session::Stats() {
  return frame_.Answer([&](Reply& reply) -> Result<void> {
    STRATA_ASSIGN_OR_RETURN(Database* const database, OpenDatabase());
    STRATA_ASSIGN_OR_RETURN(const DatabaseStats& stats, database->Stats());
    WriteStats(reply.json, stats);
    return {};
  });
}

int Session::Close() {
  return frame_.Answer([&](Reply&) -> Result<void> {
    STRATA_ASSIGN_OR_RETURN(Database* const database, OpenDatabase());
    cursors_ = {};
    views_ = {};
    collections_.clear();
    const Result<void> closed = database->Close();
    database_.reset();
    return closed;
  });
}

}  // namespace strata
