#include "collection/client_table.h"

#include <algorithm>

namespace strata {

void ClientTable::Remember(const WriteToken& token, uint64_t sequence) {
  if (token.client == 0) return;
  for (ClientEntry& entry : entries_) {
    if (entry.client == token.client) {
      entry.request = token.request;
      entry.sequence = sequence;
      return;
    }
  }
  if (entries_.size() == kClientsMax) {
    entries_.erase(
        std::min_element(entries_.begin(), entries_.end(),
                         [](const ClientEntry& a, const ClientEntry& b) { return a.sequence < b.sequence; }));
  }
  entries_.push_back({.client = token.client, .request = token.request, .sequence = sequence});
}

}  // namespace strata
