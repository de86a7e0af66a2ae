#include "env/memory_env.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstring>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include "env/file_name.h"

namespace strata {
namespace {

constexpr uint64_t kSectorBytes = 512;

using Bytes = std::vector<std::byte>;

// SplitMix64. Steele, Lea & Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014, figure 17.
uint64_t NextRandom(uint64_t& state) {
  state += 0x9e3779b97f4a7c15u;
  uint64_t mixed = state;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
  return mixed ^ (mixed >> 31);
}

// One of 0..count-1. Its slight bias does not matter for choosing damage.
size_t Pick(size_t count, uint64_t& random) { return static_cast<size_t>(NextRandom(random) % count); }

// A write or truncation since the last sync.
struct Change {
  uint64_t offset = 0;  // Of a write; the new size for a truncation.
  Bytes bytes;
  bool truncates = false;

  uint64_t end() const { return offset + bytes.size(); }
};

// Does the first `bytes` bytes of the change (for a truncation all of it).
void Apply(const Change& change, uint64_t bytes, Bytes& file) {
  if (change.truncates) {
    file.resize(static_cast<size_t>(std::min<uint64_t>(file.size(), change.offset)));
    return;
  }
  const uint64_t end = change.offset + std::min<uint64_t>(bytes, change.bytes.size());
  if (end > file.size())
    file.resize(static_cast<size_t>(end));  // A gap, where an earlier write was lost, reads as zeros.
  std::copy_n(change.bytes.begin(), end - change.offset,
              file.begin() + static_cast<ptrdiff_t>(change.offset));
}

// The first few changes; of the last of them only the first few sectors. `short_end`: where it made the file
// longer, the end may lie within a sector.
Bytes ApplyPrefix(Bytes file, const std::vector<Change>& changes, bool short_end, uint64_t& random) {
  const size_t whole = Pick(changes.size() + 1, random);
  for (size_t i = 0; i < whole; ++i) Apply(changes[i], changes[i].bytes.size(), file);
  if (whole == changes.size() || changes[whole].truncates || changes[whole].bytes.empty()) return file;
  const Change& torn = changes[whole];
  uint64_t end = torn.offset + Pick(torn.bytes.size() + 1, random);
  if (!short_end || end <= file.size()) end = end / kSectorBytes * kSectorBytes;
  if (end > torn.offset) Apply(torn, end - torn.offset, file);
  return file;
}

// Each sector by itself as after some number of the changes that touch it; the size as after some change.
Bytes ApplyReordered(Bytes file, const std::vector<Change>& changes, uint64_t& random) {
  std::vector<uint64_t> sizes = {file.size()};
  for (const Change& change : changes) {
    sizes.push_back(change.truncates ? change.offset : std::max(sizes.back(), change.end()));
  }
  file.resize(static_cast<size_t>(*std::ranges::max_element(sizes)));

  // Calls visit(sector, begin, end) for the piece of each sector that `change` touches.
  const auto for_each_piece = [&](const Change& change, auto&& visit) {
    const uint64_t end = change.truncates ? file.size() : change.end();
    for (uint64_t begin = change.offset; begin < end;) {
      const uint64_t sector = begin / kSectorBytes;
      const uint64_t piece_end = std::min(end, (sector + 1) * kSectorBytes);
      visit(static_cast<size_t>(sector), begin, piece_end);
      begin = piece_end;
    }
  };
  std::vector<uint32_t> left(file.size() / kSectorBytes + 1);  // Changes that still reach the sector.
  for (const Change& change : changes) {
    for_each_piece(change, [&](size_t sector, uint64_t, uint64_t) { ++left[sector]; });
  }
  for (uint32_t& count : left) count = static_cast<uint32_t>(Pick(size_t{count} + 1, random));
  for (const Change& change : changes) {
    for_each_piece(change, [&](size_t sector, uint64_t begin, uint64_t end) {
      if (left[sector] == 0) return;
      --left[sector];
      const auto to = file.begin() + static_cast<ptrdiff_t>(begin);
      if (change.truncates) {
        std::fill_n(to, end - begin, std::byte{0});
      } else {
        std::copy_n(change.bytes.begin() + static_cast<ptrdiff_t>(begin - change.offset), end - begin, to);
      }
    });
  }
  file.resize(static_cast<size_t>(sizes[Pick(sizes.size(), random)]));
  return file;
}

Failure PastTheEnd(FileNumber file, uint64_t offset, size_t size) {
  return Fail(ErrorCode::kInvalidArgument, {FileName(file), ": byte ", offset, " is past the end at ", size});
}

}  // namespace

struct MemoryEnv::File {
  Bytes bytes;
  Bytes durable;                 // These two only with can_crash:
  std::vector<Change> unsynced;  // durable, changed by all of these, is bytes.

  Bytes AfterCrash(UnsyncedBytes kept, uint64_t& random) const {
    switch (kept) {
      case UnsyncedBytes::kDropped:
        return durable;
      case UnsyncedBytes::kTorn:
        return ApplyPrefix(durable, unsynced, false, random);
      case UnsyncedBytes::kShort:
        return ApplyPrefix(durable, unsynced, true, random);
      case UnsyncedBytes::kReordered:
        return ApplyReordered(durable, unsynced, random);
      case UnsyncedBytes::kKept:
        break;
    }
    return bytes;
  }
};

MemoryEnv::MemoryEnv(MemoryOptions options) : options_(options), random_state_(options.random_seed) {}
MemoryEnv::MemoryEnv(MemoryEnv&&) noexcept = default;
MemoryEnv& MemoryEnv::operator=(MemoryEnv&&) noexcept = default;
MemoryEnv::~MemoryEnv() = default;

MemoryEnv MemoryEnv::Crash(const CrashOptions& options) const {
  assert(options_.can_crash);
  uint64_t random = options.seed;
  const auto keeps_names = [&] {
    return options.names == UnsyncedNames::kKept ||
           (options.names == UnsyncedNames::kRandom && Pick(2, random) == 1);
  };
  // A name that is new stays or vanishes; one that was removed stays away or comes back; one that now stands
  // for another file stands for either.
  Names found = durable_names_;
  for (const auto& [number, file] : durable_names_) {
    const auto now = names_.find(number);
    if (now != names_.end() && now->second == file) continue;
    if (keeps_names()) found.erase(number);
  }
  for (const auto& [number, file] : names_) {
    const auto before = durable_names_.find(number);
    if (before != durable_names_.end() && before->second == file) continue;
    if (!found.contains(number) && keeps_names()) found[number] = file;
  }

  MemoryEnv disk(options_);
  disk.random_state_ = NextRandom(random);
  for (const auto& [number, file] : found) {
    auto left = std::make_shared<File>();
    left->bytes = file->AfterCrash(options.bytes, random);
    left->durable = left->bytes;
    disk.names_.emplace(number, std::move(left));
  }
  disk.durable_names_ = disk.names_;
  return disk;
}

Result<MemoryEnv::File*> MemoryEnv::Find(FileNumber file) {
  const auto found = names_.find(file);
  if (found == names_.end()) return Fail(ErrorCode::kNotFound, {FileName(file), ": there is no such file"});
  return found->second.get();
}

Result<std::vector<FileNumber>> MemoryEnv::List() {
  std::vector<FileNumber> files;
  for (const auto& [number, file] : names_) files.push_back(number);
  return files;
}

Result<void> MemoryEnv::Create(FileNumber file) {
  if (names_.contains(file)) return Fail(ErrorCode::kAlreadyExists, {FileName(file), ": is there already"});
  names_.emplace(file, std::make_shared<File>());
  return {};
}

Result<uint64_t> MemoryEnv::Size(FileNumber file) {
  STRATA_ASSIGN_OR_RETURN(const File* found, Find(file));
  return found->bytes.size();
}

Result<void> MemoryEnv::ReadAt(FileNumber file, uint64_t offset, std::span<std::byte> out) {
  STRATA_ASSIGN_OR_RETURN(const File* found, Find(file));
  if (offset > found->bytes.size() || out.size() > found->bytes.size() - offset) {
    return Fail(ErrorCode::kCorruption,
                {FileName(file), ": ends before the ", out.size(), " bytes at byte ", offset});
  }
  if (!out.empty()) std::memcpy(out.data(), found->bytes.data() + offset, out.size());
  return {};
}

Result<void> MemoryEnv::WriteAt(FileNumber file, uint64_t offset, std::span<const std::byte> bytes) {
  STRATA_ASSIGN_OR_RETURN(File * found, Find(file));
  if (offset > found->bytes.size()) return PastTheEnd(file, offset, found->bytes.size());
  if (options_.can_crash)
    found->unsynced.push_back({.offset = offset, .bytes = Bytes(bytes.begin(), bytes.end())});
  const uint64_t overwritten = std::min<uint64_t>(bytes.size(), found->bytes.size() - offset);
  std::copy_n(bytes.begin(), overwritten, found->bytes.begin() + static_cast<ptrdiff_t>(offset));
  found->bytes.insert(found->bytes.end(), bytes.begin() + static_cast<ptrdiff_t>(overwritten), bytes.end());
  return {};
}

Result<void> MemoryEnv::Truncate(FileNumber file, uint64_t size) {
  STRATA_ASSIGN_OR_RETURN(File * found, Find(file));
  if (size > found->bytes.size()) return PastTheEnd(file, size, found->bytes.size());
  if (options_.can_crash) found->unsynced.push_back({.offset = size, .bytes = {}, .truncates = true});
  found->bytes.resize(static_cast<size_t>(size));
  return {};
}

Result<void> MemoryEnv::Sync(FileNumber file) {
  STRATA_ASSIGN_OR_RETURN(File * found, Find(file));
  for (const Change& change : found->unsynced) Apply(change, change.bytes.size(), found->durable);
  found->unsynced.clear();
  return {};
}

Result<void> MemoryEnv::SyncNames() {
  if (options_.can_crash) durable_names_ = names_;
  return {};
}

Result<void> MemoryEnv::Remove(FileNumber file) {
  STRATA_RETURN_IF_ERROR(Find(file));
  names_.erase(file);
  return {};
}

uint64_t MemoryEnv::NowMicros() {
  using std::chrono::duration_cast, std::chrono::microseconds, std::chrono::steady_clock;
  return static_cast<uint64_t>(duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count());
}

void MemoryEnv::FillRandom(std::span<std::byte> out) {
  std::optional<std::random_device> system;
  if (options_.random_seed == 0) system.emplace();
  for (std::byte& byte : out) {
    byte = static_cast<std::byte>((system ? (*system)() : NextRandom(random_state_)) & 0xff);
  }
}

}  // namespace strata
