#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collection/collection_state.h"
#include "collection/filter_rows.h"
#include "lsm/merge_rows.h"
#include "strata/collection.h"

namespace strata {

// Walks one state in id order: the merge of its memtables and of the matching rows of its segments.
class StateCursor final : public Cursor {
 public:
  static Result<std::unique_ptr<Cursor>> Start(std::shared_ptr<const StateView> view,
                                               const ScanOptions& options);

  Result<std::vector<Record>> Next(size_t count) override;

 private:
  StateCursor(std::shared_ptr<const StateView> view, const ScanOptions& options, Filter filter,
              MergeRows merge)
      : view_(std::move(view)), options_(options), filter_(std::move(filter)), merge_(std::move(merge)) {}

  Result<Record> ReadCurrent();

  std::shared_ptr<const StateView> view_;
  ScanOptions options_;
  Filter filter_;
  MergeRows merge_;
  std::optional<std::string> to_key_;                 // Exclusive.
  std::vector<std::unique_ptr<RowVectors>> vectors_;  // By source; null for memtables.
  uint64_t delivered_ = 0;
};

}  // namespace strata
