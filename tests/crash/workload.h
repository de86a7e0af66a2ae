#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "strata/database.h"

namespace strata {

// One record as the model remembers it.
struct ModelRecord {
  std::vector<float> vector;
  std::string metadata;
  std::optional<std::string> text;
  friend bool operator==(const ModelRecord&, const ModelRecord&) = default;
};

// What the collection must hold after a batch.
using Model = std::map<int64_t, ModelRecord>;

// A fixed run of batches with flushes, compactions and index builds between them, driven by a seed. Under
// kStrict a batch that Run() counts as acknowledged must survive any power cut; under kRelaxed some prefix of
// the batches must.
class CrashWorkload {
 public:
  static constexpr uint32_t kDimension = 8;

  CrashWorkload(uint64_t seed, size_t batch_count, Durability durability);

  // Kinds of index and quantization that collections have: those of turns 0 to kTurns - 1 differ, and so on
  // in rotation. A test that crashes many runs gives each a turn of its own.
  static constexpr uint64_t kTurns = 6;
  static CollectionOptions Collection(uint64_t turn);

  // Opens the database in `env` and runs until the end or the first error; how many batches were
  // acknowledged.
  size_t Run(Env* env, uint64_t turn) const;

  // The collection's content after the first `batch_count` batches.
  const Model& After(size_t batch_count) const { return states_[batch_count]; }
  size_t batch_count() const { return batches_.size(); }

  DatabaseOptions Options() const;
  Durability durability() const { return durability_; }

 private:
  Durability durability_;
  std::vector<std::vector<WriteOp>> batches_;
  std::vector<Model> states_;  // states_[n]: after n batches.
};

// Opens the database in `env` after a crash and checks everything that was promised: it opens, holds the
// state after some number of batches (under kStrict at least `acknowledged`), answers an exact search and one
// by words like brute force over that state, and takes another strict write. Returns a sentence for what is
// wrong, or "".
std::string CheckRecovered(Env* env, const CrashWorkload& workload, size_t acknowledged, uint64_t turn);

}  // namespace strata
