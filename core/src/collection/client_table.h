#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "lsm/manifest.h"
#include "strata/collection.h"

namespace strata {

// The last write of each client that numbers its writes, so that one sent again after a takeover applies
// once. Bounded: the clients that wrote longest ago are forgotten first. Kept in the manifest and rebuilt
// from the log.
class ClientTable {
 public:
  static constexpr size_t kClientsMax = 512;

  // The sequence under which `token` was applied, if it was.
  std::optional<uint64_t> Applied(const WriteToken& token) const {
    for (const ClientEntry& entry : entries_) {
      if (entry.client == token.client && token.request <= entry.request) return entry.sequence;
    }
    return std::nullopt;
  }

  void Remember(const WriteToken& token, uint64_t sequence);

  const std::vector<ClientEntry>& entries() const { return entries_; }
  void Load(std::vector<ClientEntry> entries) { entries_ = std::move(entries); }

 private:
  std::vector<ClientEntry> entries_;
};

}  // namespace strata
