#include "peer.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <set>
#include <sstream>
#include <stdexcept>

namespace bench {
namespace {

// A pass over all queries that takes longer is cut short, but not below kQueriesMin.
constexpr double kPassSecondsMax = 2;
constexpr size_t kQueriesMin = 50;
constexpr size_t kSearchesBeforeWeighing = 1000;

double ProcessorSeconds() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double ClockSeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

uint64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  uint64_t total = 0, resident = 0;
  statm >> total >> resident;
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

double Distance(const float* a, const float* b, uint32_t dimension, bool is_cosine) {
  double dot = 0, aa = 0, bb = 0, squares = 0;
  for (uint32_t i = 0; i < dimension; ++i) {
    const double x = a[i], y = b[i];
    dot += x * y;
    aa += x * x;
    bb += y * y;
    squares += (x - y) * (x - y);
  }
  return is_cosine ? 1 - dot / std::sqrt(aa * bb) : std::sqrt(squares);
}

class Program {
 public:
  Program(Peer& peer, char** argv)
      : peer_(peer),
        folder_(argv[2]),
        is_cosine_(std::string(argv[3]) == "cosine"),
        base_(argv[4]),
        queries_file_(argv[5]),
        truth_file_(argv[6]),
        queries_(queries_file_.Read(0, queries_file_.count())),
        truth_(truth_file_.Read(0, truth_file_.count())),
        empty_bytes_(ResidentBytes()) {}

  void Run(const std::string& line) {
    std::istringstream words(line);
    std::string command, effort;
    double seconds = 0;
    words >> command >> effort >> seconds;
    if (command == "build") {
      Build();
    } else if (command == "open") {
      Open();
    } else if (command == "point") {
      Point(effort, seconds);
    } else {
      throw std::runtime_error("no command " + line);
    }
    std::fflush(stdout);
  }

 private:
  const float* query(size_t i) const { return &queries_[i * base_.dimension()]; }
  size_t query_count() const { return queries_file_.count(); }

  void Build() {
    const double clock = ClockSeconds(), processor = ProcessorSeconds();
    peer_.Build(base_, folder_);
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    std::printf("{\"seconds\": %.3f, \"cpuSeconds\": %.3f, \"peakBytes\": %lld}\n",
                ClockSeconds() - clock - base_.seconds_reading(),
                ProcessorSeconds() - processor - base_.seconds_reading(), 1024LL * usage.ru_maxrss);
  }

  void Open() {
    std::vector<int64_t> ids(kNeighbours);
    const double clock = ClockSeconds();
    peer_.Open(folder_);
    peer_.Search(query(0), ids.data());
    const double seconds = ClockSeconds() - clock;
    for (size_t i = 0; i < kSearchesBeforeWeighing; ++i) {
      peer_.Search(query(i % query_count()), ids.data());
    }
    std::printf("{\"openMillis\": %.1f, \"memoryBytes\": %lld}\n", 1000 * seconds,
                static_cast<long long>(ResidentBytes()) - static_cast<long long>(empty_bytes_));
  }

  void Point(const std::string& effort, double seconds) {
    peer_.SetEffort(effort);
    std::vector<int64_t> ids(query_count() * kNeighbours, -1);
    const double began = ProcessorSeconds();
    size_t count = 0;
    while (count < query_count() && (count < kQueriesMin || ProcessorSeconds() - began < kPassSecondsMax)) {
      peer_.Search(query(count), &ids[count * kNeighbours]);
      ++count;
    }
    const double recall = Recall(ids, count);
    const double clock = ClockSeconds(), processor = ProcessorSeconds();
    size_t searches = 0;
    do {
      for (size_t i = 0; i < count; ++i) peer_.Search(query(i), &ids[i * kNeighbours]);
      searches += count;
    } while (ProcessorSeconds() - processor < seconds);
    std::printf("{\"recall\": %.5f, \"qps\": %.1f, \"clockQps\": %.1f, \"queries\": %zu}\n", recall,
                static_cast<double>(searches) / (ProcessorSeconds() - processor),
                static_cast<double>(searches) / (ClockSeconds() - clock), count);
  }

  // A hit counts by its true distance, as in bench/js/recall.mjs: rows at equal distance are equally right.
  double Recall(const std::vector<int64_t>& ids, size_t count) {
    size_t hits = 0;
    for (size_t i = 0; i < count; ++i) {
      const double bound = truth_[i * truth_file_.dimension() + kNeighbours - 1];
      const double slack = 1e-5 * std::max(1.0, std::abs(bound));
      const std::set<int64_t> distinct(&ids[i * kNeighbours], &ids[(i + 1) * kNeighbours]);
      for (const int64_t id : distinct) {
        if (id < 0) continue;
        const std::vector<float> row = base_.Read(static_cast<uint64_t>(id), 1);
        if (Distance(query(i), row.data(), base_.dimension(), is_cosine_) <= bound + slack) ++hits;
      }
    }
    return static_cast<double>(hits) / static_cast<double>(count * kNeighbours);
  }

  Peer& peer_;
  std::string folder_;
  bool is_cosine_;
  RowFile base_, queries_file_, truth_file_;
  std::vector<float> queries_, truth_;
  uint64_t empty_bytes_;
};

}  // namespace

RowFile::RowFile(const std::string& path)
    : file_(path, std::ios::binary), is_bytes_(path.ends_with(".bvecs")) {
  int32_t dimension = 0;
  file_.read(reinterpret_cast<char*>(&dimension), sizeof dimension);
  if (!file_ || dimension <= 0) throw std::runtime_error("cannot read " + path);
  dimension_ = static_cast<uint32_t>(dimension);
  file_.seekg(0, std::ios::end);
  count_ = static_cast<uint64_t>(file_.tellg()) / (4 + uint64_t{dimension_} * (is_bytes_ ? 1 : 4));
}

std::vector<float> RowFile::Read(uint64_t first, uint64_t count) {
  const double began = ProcessorSeconds();
  const size_t value_bytes = is_bytes_ ? 1 : 4;
  const size_t stride = 4 + dimension_ * value_bytes;
  std::vector<char> bytes(stride * count);
  file_.seekg(static_cast<std::streamoff>(first * stride));
  file_.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file_) throw std::runtime_error("a file of rows ends too soon");
  std::vector<float> rows(dimension_ * count);
  for (uint64_t row = 0; row < count; ++row) {
    const char* values = &bytes[row * stride + 4];
    float* out = &rows[row * dimension_];
    if (is_bytes_) {
      const auto* from = reinterpret_cast<const uint8_t*>(values);
      std::copy(from, from + dimension_, out);
    } else {
      std::copy(values, values + dimension_ * value_bytes, reinterpret_cast<char*>(out));
    }
  }
  seconds_reading_ += ProcessorSeconds() - began;
  return rows;
}

void Normalize(std::span<float> rows, uint32_t dimension) {
  for (size_t row = 0; row < rows.size(); row += dimension) {
    float squares = 0;
    for (uint32_t i = 0; i < dimension; ++i) squares += rows[row + i] * rows[row + i];
    const float scale = 1 / std::sqrt(squares);
    for (uint32_t i = 0; i < dimension; ++i) rows[row + i] *= scale;
  }
}

int RunPeer(int argc, char** argv, Peer& (*make)(const std::string& configuration, bool is_cosine)) {
  if (argc != 7) {
    std::cerr << "arguments: configuration folder metric base queries truth\n";
    return 2;
  }
  try {
    Peer& peer = make(argv[1], std::string(argv[3]) == "cosine");
    Program program(peer, argv);
    std::printf("{\"settings\": \"%s\"}\n", peer.Describe().c_str());
    std::fflush(stdout);
    for (std::string line; std::getline(std::cin, line);) program.Run(line);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << argv[0] << ": " << error.what() << "\n";
    return 1;
  }
}

}  // namespace bench
