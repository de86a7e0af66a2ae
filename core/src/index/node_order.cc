#include "index/node_order.h"

#include <algorithm>
#include <array>
#include <utility>

#include "bytes/heap_sort.h"
#include "vector/code_kernels.h"

namespace strata {
namespace {

struct Moments {
  uint64_t sum = 0;
  uint64_t sum_of_squares = 0;
  uint64_t count = 0;

  void Add(uint8_t x) {
    sum += x;
    sum_of_squares += uint64_t{x} * x;
    ++count;
  }
  // Times the square of the count.
  uint64_t Variance() const { return count * sum_of_squares - sum * sum; }
};

}  // namespace

NodeOrder::NodeOrder(std::vector<Row> row_of) : row_of_(std::move(row_of)), node_of_(row_of_.size()) {
  for (Row node = 0; node < row_of_.size(); ++node) node_of_[row_of_[node]] = node;
}

Result<NodeOrder> NodeOrder::FromArray(std::vector<Row> row_of) {
  RowBitmap seen(static_cast<uint32_t>(row_of.size()));
  for (const Row row : row_of) {
    if (row >= row_of.size() || seen.Test(row)) {
      return Fail(ErrorCode::kCorruption,
                  {"node order: row ", row, " is there twice or not one of ", row_of.size()});
    }
    seen.Set(row);
  }
  return NodeOrder(std::move(row_of));
}

NodeOrderBuilder::NodeOrderBuilder(const ScalarCodes& codes) {
  constexpr uint32_t kSampleRows = 1024;
  const CodeRows& rows = codes.rows();
  const uint32_t component_count = codes.quantizer().component_count();
  const uint32_t row_count = rows.row_count();

  struct Spread {
    uint64_t variance;
    uint32_t component;
  };
  std::vector<Moments> moments(component_count);
  for (uint32_t i = 0; i < std::min(row_count, kSampleRows); ++i) {
    const uint8_t* const code = rows.Code(static_cast<Row>(uint64_t{row_count} * i / kSampleRows));
    for (uint32_t c = 0; c < component_count; ++c) moments[c].Add(code[c]);
  }
  std::vector<Spread> spreads;
  for (uint32_t c = 0; c < component_count; ++c) spreads.push_back({moments[c].Variance(), c});
  HeapSort(spreads, [](const Spread& a, const Spread& b) {
    return a.variance != b.variance ? a.variance > b.variance : a.component < b.component;
  });
  spreads.resize(std::min<size_t>(spreads.size(), kComponents));

  points_.resize(row_count);
  for (Row row = 0; row < row_count; ++row) {
    points_[row].row = row;
    for (size_t i = 0; i < spreads.size(); ++i) {
      points_[row].component[i] = rows.Code(row)[spreads[i].component];
    }
  }
  parts_.push_back({0, row_count});
}

size_t NodeOrderBuilder::WidestComponent(Part part) const {
  constexpr size_t kSamplePoints = 256;
  const size_t step = std::max<size_t>(1, (part.end - part.begin) / kSamplePoints);
  std::array<Moments, kComponents> moments;
  for (size_t i = part.begin; i < part.end; i += step) {
    for (size_t c = 0; c < kComponents; ++c) moments[c].Add(points_[i].component[c]);
  }
  size_t widest = 0;
  for (size_t c = 1; c < kComponents; ++c) {
    if (moments[c].Variance() > moments[widest].Variance()) widest = c;
  }
  return widest;
}

size_t NodeOrderBuilder::Halve(Part part, size_t component) {
  // Components are bytes: counting finds their median.
  std::array<size_t, kCodeMax + 1> count{};
  for (size_t i = part.begin; i < part.end; ++i) ++count[points_[i].component[component]];
  const size_t half = (part.end - part.begin) / 2;
  size_t below = 0;
  uint8_t median = 0;
  while (below + count[median] <= half) below += count[median++];
  size_t equal_below = half - below;  // So many of those at the median still belong to the lower half.
  size_t upper = part.begin;
  for (size_t i = part.begin; i < part.end; ++i) {
    const uint8_t value = points_[i].component[component];
    if (value > median || (value == median && equal_below == 0)) continue;
    if (value == median) --equal_below;
    std::swap(points_[i], points_[upper++]);
  }
  return upper;
}

bool NodeOrderBuilder::Step(const Deadline& deadline) {
  while (!parts_.empty()) {
    const Part part = parts_.back();
    parts_.pop_back();
    if (part.end - part.begin <= kPartMin) continue;
    const size_t middle = Halve(part, WidestComponent(part));
    parts_.push_back({middle, part.end});
    parts_.push_back({part.begin, middle});
    if (deadline.Passed()) return false;
  }
  row_of_.reserve(points_.size());
  for (const Point& point : points_) row_of_.push_back(point.row);
  points_ = {};
  return true;
}

}  // namespace strata
