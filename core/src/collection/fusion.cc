#include "collection/fusion.h"

#include <map>
#include <string_view>

#include "bytes/heap_sort.h"

namespace strata {
namespace {

float ReciprocalRank(const FusionOptions& options, size_t place) {
  return 1 / (options.rrf_constant + static_cast<float>(place + 1));
}

// 1 for the nearest candidate of its list, 0 for the farthest; 1 if all are equally near.
float Nearness(std::span<const FoundRecord> list, size_t place) {
  const float least = list.front().distance;
  const float greatest = list.back().distance;
  return greatest > least ? (greatest - list[place].distance) / (greatest - least) : 1;
}

}  // namespace

std::vector<FusedRecord> Fuse(const FusionOptions& options, std::span<const FoundRecord> by_vector,
                              std::span<const FoundRecord> by_text) {
  const bool by_rank = options.method == FusionMethod::kRrf;
  std::map<std::string_view, FusedRecord> records;
  for (size_t i = 0; i < by_vector.size(); ++i) {
    FusedRecord& record = records[by_vector[i].key];
    record.by_vector = &by_vector[i];
    record.score = by_rank ? ReciprocalRank(options, i) : options.vector_weight * Nearness(by_vector, i);
  }
  for (size_t i = 0; i < by_text.size(); ++i) {
    FusedRecord& record = records[by_text[i].key];
    record.by_text = &by_text[i];
    record.score += by_rank ? ReciprocalRank(options, i) : (1 - options.vector_weight) * Nearness(by_text, i);
  }
  std::vector<FusedRecord> fused;
  fused.reserve(records.size());
  for (const auto& [key, record] : records) fused.push_back(record);
  HeapSort(fused, [](const FusedRecord& a, const FusedRecord& b) {
    return a.score != b.score ? a.score > b.score : a.record().key < b.record().key;
  });
  return fused;
}

}  // namespace strata
