#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "collection/collection_state.h"
#include "collection/engine_context.h"
#include "strata/collection.h"

namespace strata {

class CollectionImpl;

// What a collection asks of its database to change anything: the log is shared by all collections.
class Writer {
 public:
  virtual ~Writer() = default;
  virtual Result<WriteReply> Write(CollectionImpl& collection, std::vector<WriteOp> ops, WriteToken token,
                                   bool defer_sync) = 0;
  virtual Result<void> CheckOpen() const = 0;  // kClosed once the database is.
  virtual LsmInfo DescribeLsm(const CollectionImpl& collection) = 0;
};

// One collection: its options, its current state, and the calls that read it.
class CollectionImpl final : public Collection {
 public:
  CollectionImpl(EngineContext* context, Writer* writer, uint32_t id, std::string name,
                 CollectionOptions options);
  ~CollectionImpl() override;

  uint32_t id() const { return id_; }
  CollectionState& state() { return state_; }
  const CollectionState& state() const { return state_; }

  std::string_view name() const override { return name_; }
  const CollectionOptions& options() const override { return options_; }
  Result<WriteReply> Write(std::vector<WriteOp> ops, WriteToken token, bool defer_sync) override;
  Result<WriteReply> DeleteWhere(std::string_view filter, WriteToken token, bool defer_sync) override;
  std::shared_ptr<const ReadView> View() override;
  Result<std::optional<Record>> Get(const RecordId& id, const ReadView* view) override;
  Result<bool> Has(const RecordId& id, const ReadView* view) override;
  Result<uint64_t> Count(std::string_view filter, const ReadView* view) override;
  Result<std::unique_ptr<Cursor>> Scan(const ScanOptions& options,
                                       std::shared_ptr<const ReadView> view) override;
  Result<SearchReply> Search(std::span<const float> query, const SearchOptions& options,
                             const ReadView* view) override;
  Result<SearchReply> Explain(std::span<const float> query, const SearchOptions& options,
                              const ReadView* view) override;
  Result<SearchManyReply> SearchMany(std::span<const float> queries, const SearchOptions& options,
                                     const ReadView* view) override;
  Inspector& inspect() override;

 private:
  const CollectionState& StateOf(const ReadView* view) const;

  EngineContext* context_;
  Writer* writer_;
  uint32_t id_;
  std::string name_;
  CollectionOptions options_;
  CollectionState state_;
  std::unique_ptr<Inspector> inspector_;
};

}  // namespace strata
