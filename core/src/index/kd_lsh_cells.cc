#include "index/kd_lsh_cells.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "index/kd_sections.h"
#include "index/lsh_hash_family.h"
#include "quant/code_sections.h"
#include "vector/float_kernels.h"
#include "vector/slot_kernels.h"

namespace strata {
namespace {

// Slots, in deviations of a cell's products: 16 of them reach 2.8 deviations to either side.
constexpr float kSlotWidth = 0.35f;
// Scores of a slot above this, in squared deviations, look alike: the row is far.
constexpr float kScoreMax = 16;

// Random directions, each made orthogonal to those before it; twice, since once leaves what rounding left.
std::vector<float> OrthonormalDirections(uint32_t count, uint64_t seed) {
  constexpr uint32_t kTableHashes = LshHashFamily::kHashCountMax;
  const LshHashFamily family({.kind = LshKind::kPStable,
                              .metric = Metric::kL2,
                              .dimension = count,
                              .table_count = (count + kTableHashes - 1) / kTableHashes,
                              .hash_count = kTableHashes},
                             1, seed);
  std::vector<float> directions = family.Directions();
  directions.resize(size_t{count} * count);
  for (uint32_t j = 0; j < count; ++j) {
    float* const direction = &directions[size_t{j} * count];
    for (int pass = 0; pass < 2; ++pass) {
      const float length = std::sqrt(Dot(direction, direction, count));
      for (uint32_t i = 0; i < count; ++i) direction[i] /= length;
      for (uint32_t before = 0; before < j; ++before) {
        const float* const other = &directions[size_t{before} * count];
        AddScaled(-Dot(direction, other, count), other, direction, count);
      }
    }
    const float length = std::sqrt(Dot(direction, direction, count));
    for (uint32_t i = 0; i < count; ++i) direction[i] /= length;
  }
  return directions;
}

}  // namespace

KdLshCells::KdLshCells(const KdTree& tree, std::span<const float> coordinates, uint64_t seed)
    : function_count_(tree.stride()), directions_(OrthonormalDirections(tree.stride(), seed)) {
  CountBlocks(tree);
  keys_.resize(first_block_.back() * kScanRows * code_bytes());
  for (const KdNode& node : tree.nodes()) {
    if (node.is_cell()) HashCell(node, coordinates);
  }
}

void KdLshCells::CountBlocks(const KdTree& tree) {
  first_block_ = {0};
  for (const KdNode& node : tree.nodes()) {
    if (!node.is_cell()) continue;
    first_block_.push_back(first_block_.back() +
                           static_cast<uint32_t>((node.count + kScanRows - 1) / kScanRows));
  }
}

void KdLshCells::HashCell(const KdNode& cell, std::span<const float> coordinates) {
  std::vector<float> products(size_t{cell.count} * function_count_);
  std::vector<double> sums(function_count_);
  for (size_t i = 0; i < cell.count; ++i) {
    Project(&coordinates[(cell.first + i) * function_count_], &products[i * function_count_]);
    for (size_t j = 0; j < function_count_; ++j) sums[j] += products[i * function_count_ + j];
  }
  const size_t begin = cells_.size();
  for (const double sum : sums) cells_.push_back(static_cast<float>(sum / cell.count));
  double squares = 0;
  for (size_t i = 0; i < products.size(); ++i) {
    const double offset = double{products[i]} - cells_[begin + i % function_count_];
    squares += offset * offset;
  }
  const auto width =
      static_cast<float>(kSlotWidth * std::sqrt(squares / static_cast<double>(products.size())));
  cells_.push_back(std::isnormal(width) ? width : 1.0f);

  uint8_t* const keys = &keys_[size_t{first_block_[cell.axis]} * kScanRows * code_bytes()];
  for (size_t i = 0; i < cell.count; ++i) {
    uint8_t* const key = keys + i / kScanRows * kScanRows * code_bytes() + i % kScanRows;
    for (size_t j = 0; j < function_count_; ++j) {
      const float place = (products[i * function_count_ + j] - cells_[begin + j]) / cells_.back();
      const float slot = std::clamp(std::floor(place) + kSlotCount / 2, 0.0f, float{kSlotCount - 1});
      key[j / 2 * kScanRows] |= static_cast<uint8_t>(static_cast<unsigned>(slot) << (j % 2 * 4));
    }
  }
}

uint32_t KdLshCells::Slot(uint32_t cell, uint32_t index, uint32_t function) const {
  const size_t block = first_block_[cell] + index / kScanRows;
  const uint8_t byte = keys_[(block * code_bytes() + function / 2) * kScanRows + index % kScanRows];
  return byte >> (function % 2 * 4) & 15;
}

void KdLshCells::Project(const float* coordinates, float* products) const {
  for (size_t j = 0; j < function_count_; ++j) {
    products[j] = Dot(&directions_[j * function_count_], coordinates, function_count_);
  }
}

void KdLshCells::ProjectQuery(const KdQuery& query, std::vector<float>* coordinates,
                              std::vector<float>* products) const {
  coordinates->resize(function_count_);
  products->resize(function_count_);
  for (size_t i = 0; i < function_count_; ++i) {
    // An axis on which floats overflow says nothing.
    (*coordinates)[i] =
        std::isfinite(query.low[i]) ? query.low[i] + (query.high[i] - query.low[i]) / 2 : 0.0f;
  }
  Project(coordinates->data(), products->data());
}

bool KdLshCells::Score(uint32_t cell, const float* products, float score_max, KdLshTables* tables) const {
  const float* const centre = Cell(cell);
  const float width = centre[function_count_];
  tables->places.resize(function_count_);
  const float base = PlaceOnRulers(products, centre, 1 / width, function_count_, tables->places.data());
  // Also when it is no number, so far from everything is the query.
  tables->base = base < 1e30f ? base * width * width : std::numeric_limits<float>::max();
  if (tables->base > score_max) return false;
  // Places are in widths, and a width is kSlotWidth deviations.
  constexpr float kEntriesPerSquare = kScanEntryMax * kSlotWidth * kSlotWidth / kScoreMax;
  tables->unit = width * width / kEntriesPerSquare;
  if (tables->pairs.size() != code_bytes()) {
    tables->pairs.resize(code_bytes());
    tables->byte_of.resize(code_bytes());
    std::iota(tables->byte_of.begin(), tables->byte_of.end(), uint16_t{0});
  }
  static_assert(sizeof(ScanTablePair) == 2 * kSlotCount && kSlotScoreMax == kScanEntryMax);
  FillSlotTables(tables->places.data(), kEntriesPerSquare, function_count_, tables->pairs.data()->low);
  return true;
}

Result<void> KdLshCells::Save(SectionWriter& writer) const {
  STRATA_RETURN_IF_ERROR(WriteFloats(writer, kd_section::kDirections, directions_));
  STRATA_RETURN_IF_ERROR(WriteFloats(writer, kd_section::kCells, cells_));
  return WriteBytes(writer, kd_section::kKeys, std::as_bytes(std::span(keys_)));
}

Result<KdLshCells> KdLshCells::Load(const KdTree& tree, SectionReader& reader) {
  KdLshCells cells;
  const uint64_t function_count = tree.stride();
  cells.function_count_ = tree.stride();
  cells.CountBlocks(tree);
  STRATA_ASSIGN_OR_RETURN(cells.directions_,
                          ReadFloats(reader, kd_section::kDirections, function_count * function_count));
  const uint64_t cell_count = cells.first_block_.size() - 1;
  STRATA_ASSIGN_OR_RETURN(cells.cells_,
                          ReadFloats(reader, kd_section::kCells, cell_count * (function_count + 1)));
  for (uint32_t cell = 0; cell < cell_count; ++cell) {
    const float width = cells.Cell(cell)[function_count];
    if (std::isnormal(width) && width > 0) continue;
    return Fail(ErrorCode::kCorruption,
                {"index file ", reader.header().file, ": cell ", cell, " has no width"});
  }
  const uint64_t key_bytes = uint64_t{cells.first_block_.back()} * kScanRows * cells.code_bytes();
  STRATA_RETURN_IF_ERROR(ExpectBytes(reader, kd_section::kKeys, key_bytes));
  cells.keys_.resize(static_cast<size_t>(key_bytes));
  STRATA_RETURN_IF_ERROR(
      reader.ReadSection(kd_section::kKeys, std::as_writable_bytes(std::span(cells.keys_))));
  return cells;
}

}  // namespace strata
