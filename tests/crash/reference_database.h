#pragma once

#include <string>
#include <vector>

#include "env/memory_env.h"
#include "strata/database.h"

namespace strata {

// A database of a few kilobytes that has everything in it, closed cleanly: collections with and without an
// index, quantization and vectors; segments with dead rows; two logs with batches that no segment holds,
// among them a collection created and one dropped; clients in the manifest and in the log.
MemoryEnv MakeReferenceDatabase();

DatabaseOptions ReferenceOptions();

// One call and what it gave, as text that is equal for equal answers.
struct Answer {
  std::string call;
  Result<std::string> given;
};

struct ReadOutcome {
  std::vector<Answer> answers;  // Just one, the error, if the database does not open.
  RecoveryReport report;
  std::vector<Damage> damages;  // What Verify() finds, if a call failed after opening.
};

// Opens the database in `env` and calls everything that reads: get, count, scan, filtered, exact and walking
// search, stats, inspect. An index that was set aside as damaged is an error where inspect() tells of it.
ReadOutcome ReadEverything(Env* env, const DatabaseOptions& options);

}  // namespace strata
