#pragma once

#include <vector>

#include "collection/database_core.h"
#include "strata/database.h"

namespace strata {

// Reads every byte that the database relies on, past all caches, and checks it. What is damaged is listed;
// only being stopped (kAborted) is an error.
Result<std::vector<Damage>> VerifyFiles(DatabaseCore* core, const Progress& progress);

}  // namespace strata
