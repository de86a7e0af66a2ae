#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "file/section_file.h"
#include "index/kd_partition.h"
#include "index/kd_tree.h"
#include "strata/result.h"
#include "vector/fast_scan.h"

namespace strata {

// What a query makes of one cell: the score of every slot of every function, as scan tables.
struct KdLshTables {
  std::vector<ScanTablePair> pairs;
  std::vector<uint16_t> byte_of;
  std::vector<float> places;
  float base = 0;  // A bucket's score is base + unit * sum.
  float unit = 1;

  ScanTables tables() const { return {.pairs = pairs, .byte_of = byte_of}; }
};

// The LSH buckets of a kd-tree's cells.
//
// A hash function multiplies a row's coordinates with a random direction, takes off the product of the cell's
// centre, and cuts the ruler into slots as wide as the cell wants: slot(x) = floor((a.x - a.centre) / width)
// + 8, kept within 0 and 15. That is the p-stable function of Datar, Immorlica, Indyk & Mirrokni, SCG 2004
// (lsh_hash_family.h), with three differences:
//   * Directions are made orthonormal (Super-Bit LSH: Ji, Li, Yan, Zhang & Tian, NIPS 2012), so what
//   functions
//     say adds up to the distance instead of scattering about it, and they lie in the space of the tree's
//     axes, where the variance is. So one projection of the query serves the boxes and the functions of all
//     cells.
//   * A cell has its own centre and width, since its rows fill a small part of space.
//   * Slots are few, so that all of a cell's buckets can be scored at once: a bucket's score is the sum over
//     functions of the squared distance between the query and the middle of the slot, the one of Multi-Probe
//     LSH (lsh_probes.h) but that it estimates the squared distance of the bucket's rows instead of bounding
//     it. A key is 4 bits a function. Keys are so long that a bucket seldom holds two rows, so buckets are
//     not listed: the keys of a cell's rows are looked through, 32 at a time by byte shuffles (fast_scan.h).
//     That takes about a nanosecond a row, while a perturbation sequence would mostly name buckets that no
//     row is in.
//
// Measured (rows that have to be measured to hold 95% of the 10 nearest, out of those in a quarter to a half
// of all cells): Fashion-MNIST 37 by 64 coordinates, 39 by 64 functions; 81 by 32 of either. By 128
// hyperplanes of random direction through the centre, as many bits as 32 functions have: 214; by 32
// hyperplanes: 660. word2vec-300: 294 and 308 by 32, 266 and 2310 by hyperplanes.
//
// Memory: half a byte a row and function, cells rounded up to 32 rows. Immutable.
class KdLshCells {
 public:
  KdLshCells() = default;
  // Hashes the rows of `tree`, whose coordinates (stride each) are in the order of its rows.
  KdLshCells(const KdTree& tree, std::span<const float> coordinates, uint64_t seed);

  uint32_t function_count() const { return function_count_; }
  // (function_count, function_count) row-major: directions in the space of coordinates.
  std::span<const float> directions() const { return directions_; }
  size_t memory_bytes() const {
    return (directions_.size() + cells_.size()) * sizeof(float) + keys_.size() +
           first_block_.size() * sizeof(uint32_t);
  }

  // The products of a query with all directions. Its coordinates are the middles of its intervals.
  void ProjectQuery(const KdQuery& query, std::vector<float>* coordinates,
                    std::vector<float>* products) const;
  // Scores of the slots of `cell` (its number) for a query's products. False, and no tables, if no bucket of
  // the cell can score `score_max` or less.
  bool Score(uint32_t cell, const float* products, float score_max, KdLshTables* tables) const;
  // The rows of a cell, rounded up to kScanRows.
  uint32_t PaddedCount(uint32_t cell) const {
    return (first_block_[cell + 1] - first_block_[cell]) * static_cast<uint32_t>(kScanRows);
  }
  // sums[i] for the i-th row of the cell; there are PaddedCount().
  void Scan(uint32_t cell, const KdLshTables& tables, uint16_t* sums) const {
    ScanBlocks(tables.tables(), &keys_[size_t{first_block_[cell]} * code_bytes() * kScanRows],
               first_block_[cell + 1] - first_block_[cell], code_bytes(), sums);
  }
  // The slot of the row at `index` of a cell.
  uint32_t Slot(uint32_t cell, uint32_t index, uint32_t function) const;

  Result<void> Save(SectionWriter& writer) const;
  static Result<KdLshCells> Load(const KdTree& tree, SectionReader& reader);

 private:
  size_t code_bytes() const { return function_count_ / 2; }
  // Of a cell: the products of its centre, then its width.
  const float* Cell(uint32_t cell) const { return &cells_[size_t{cell} * (function_count_ + 1)]; }
  void Project(const float* coordinates, float* products) const;
  void HashCell(const KdNode& cell, std::span<const float> coordinates);

  void CountBlocks(const KdTree& tree);

  uint32_t function_count_ = 0;
  std::vector<float> directions_;
  std::vector<float> cells_;
  std::vector<uint32_t> first_block_;  // Of each cell, and the end.
  std::vector<uint8_t> keys_;          // (blocks, code_bytes, kScanRows): see fast_scan.h.
};

}  // namespace strata
