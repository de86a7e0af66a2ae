#pragma once

#include <cstdint>
#include <fstream>
#include <span>
#include <string>
#include <vector>

namespace bench {

// Rows of a .fvecs or .bvecs file, read a block at a time so that a process can be weighed that does not hold
// them all. Reading is not what is measured: the time it takes is summed up apart.
class RowFile {
 public:
  explicit RowFile(const std::string& path);
  uint32_t dimension() const { return dimension_; }
  uint64_t count() const { return count_; }
  // Rows first .. first + count as floats, row-major.
  std::vector<float> Read(uint64_t first, uint64_t count);
  // Processor time of this process that Read() has taken.
  double seconds_reading() const { return seconds_reading_; }

 private:
  std::ifstream file_;
  bool is_bytes_;
  uint32_t dimension_ = 0;
  uint64_t count_ = 0;
  double seconds_reading_ = 0;
};

// Neighbours asked for, everywhere.
inline constexpr uint32_t kNeighbours = 10;
// The graph that every engine of these benchmarks builds, as in bench/js/graph.mjs.
inline constexpr uint32_t kM = 16;
inline constexpr uint32_t kEfConstruction = 200;
inline constexpr uint32_t kSeed = 100;

// An engine to measure. Where something fails it throws.
class Peer {
 public:
  virtual ~Peer() = default;
  // Name, version and settings, for people.
  virtual std::string Describe() const = 0;
  // Indexes all rows on one thread and saves the index in `folder`, which is empty.
  virtual void Build(RowFile& rows, const std::string& folder) = 0;
  // Opens what Build() saved, in another process.
  virtual void Open(const std::string& folder) = 0;
  // `effort` is what bench/js/engines.mjs lists for this engine.
  virtual void SetEffort(const std::string& effort) = 0;
  // Writes the row numbers of the nearest to `ids` (kNeighbours long), -1 where there are fewer.
  virtual void Search(const float* query, int64_t* ids) = 0;
};

// Scales every row to unit length.
void Normalize(std::span<float> rows, uint32_t dimension);

// Drives `peer` by the lines of standard input, one line of JSON back for each, until they end:
//   build                    time taken
//   open                     time until the first answer; memory after 1,000 searches
//   point EFFORT SECONDS     recall, and queries per second over about SECONDS of processor time
// Arguments of the program: its configuration, folder, metric, and the files of base rows, queries and the
// true distances.
int RunPeer(int argc, char** argv, Peer& (*make)(const std::string& configuration, bool is_cosine));

}  // namespace bench
