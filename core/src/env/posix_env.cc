#include "env/posix_env.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __APPLE__
#include <sys/random.h>
#endif

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <limits>

#include "env/file_name.h"
#include "env/posix_files.h"
#include "env/posix_lock.h"

namespace strata {
namespace {

constexpr size_t kTransferBytesMax = 1u << 30;  // Linux moves at most 2 GiB at once, macOS refuses more.
constexpr size_t kEntropyBytesMax = 256;        // Of one getentropy().

// Repeats a system call that a signal interrupted.
template <typename Call>
auto Retrying(Call&& call) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

int SyncData(int descriptor) {
#ifdef __APPLE__
  // fsync there stops at the drive's cache. Not every file system knows the better call.
  if (fcntl(descriptor, F_FULLFSYNC) == 0) return 0;
  return fsync(descriptor);
#else
  return fdatasync(descriptor);
#endif
}

// Makes the name of a just made directory durable.
Result<void> SyncParent(const PosixDescriptor& directory, const std::string& path) {
  const PosixDescriptor parent(openat(directory.get(), "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent) return PosixError(path + "/..", "open", errno);
  if (Retrying([&] { return fsync(parent.get()); }) != 0) return PosixError(path + "/..", "sync", errno);
  return {};
}

class PosixDirectoryEnv final : public PosixEnv {
 public:
  PosixDirectoryEnv(std::string path, PosixDescriptor directory, PosixLock lock, bool read_only)
      : path_(std::move(path)),
        directory_(std::move(directory)),
        lock_(std::move(lock)),
        read_only_(read_only),
        files_(directory_.get(), read_only) {}

  Result<std::vector<FileNumber>> List() override {
    // A descriptor of its own, as reading a directory moves its position.
    PosixDescriptor own(openat(directory_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    DIR* stream = own ? fdopendir(own.get()) : nullptr;
    if (stream == nullptr) return PosixError(path_, "list", errno);
    own.Release();  // The stream closes it.
    std::vector<FileNumber> files;
    errno = 0;
    while (const dirent* entry = readdir(stream)) {
      if (const auto file = ParseFileName(entry->d_name)) files.push_back(*file);
      errno = 0;
    }
    const int number = errno;
    closedir(stream);
    if (number != 0) return PosixError(path_, "list", number);
    std::ranges::sort(files);
    return files;
  }

  Result<void> Create(FileNumber file) override {
    STRATA_RETURN_IF_ERROR(CheckWritable());
    return files_.Create(file);
  }

  Result<uint64_t> Size(FileNumber file) override {
    STRATA_ASSIGN_OR_RETURN(const PosixFiles::OpenFile* open, files_.Get(file));
    return SizeOf(*open);
  }

  Result<void> ReadAt(FileNumber file, uint64_t offset, std::span<std::byte> out) override {
    STRATA_ASSIGN_OR_RETURN(const PosixFiles::OpenFile* open, files_.Get(file));
    if (offset > kOffsetMax - out.size()) return EndsEarly(file, offset, out.size());
    while (!out.empty()) {
      const ssize_t count = Retrying([&] {
        return pread(open->descriptor.get(), out.data(), std::min(out.size(), kTransferBytesMax),
                     static_cast<off_t>(offset));
      });
      if (count < 0) return PosixError(FileName(file).view(), "read", errno);
      if (count == 0) return EndsEarly(file, offset, out.size());
      out = out.subspan(static_cast<size_t>(count));
      offset += static_cast<uint64_t>(count);
    }
    return {};
  }

  Result<void> WriteAt(FileNumber file, uint64_t offset, std::span<const std::byte> bytes) override {
    STRATA_RETURN_IF_ERROR(CheckWritable());
    STRATA_ASSIGN_OR_RETURN(PosixFiles::OpenFile * open, files_.Get(file));
    STRATA_RETURN_IF_ERROR(CheckWithin(*open, offset));
    open->unsynced = true;
    while (!bytes.empty()) {
      const ssize_t count = Retrying([&] {
        return pwrite(open->descriptor.get(), bytes.data(), std::min(bytes.size(), kTransferBytesMax),
                      static_cast<off_t>(offset));
      });
      if (count < 0) return PosixError(FileName(file).view(), "write", errno);
      if (count == 0) return Fail(ErrorCode::kIoError, {FileName(file), ": write: the system took nothing"});
      bytes = bytes.subspan(static_cast<size_t>(count));
      offset += static_cast<uint64_t>(count);
    }
    return {};
  }

  Result<void> Truncate(FileNumber file, uint64_t size) override {
    STRATA_RETURN_IF_ERROR(CheckWritable());
    STRATA_ASSIGN_OR_RETURN(PosixFiles::OpenFile * open, files_.Get(file));
    STRATA_RETURN_IF_ERROR(CheckWithin(*open, size));
    open->unsynced = true;
    if (Retrying([&] { return ftruncate(open->descriptor.get(), static_cast<off_t>(size)); }) != 0) {
      return PosixError(FileName(file).view(), "truncate", errno);
    }
    return {};
  }

  Result<void> Sync(FileNumber file) override {
    STRATA_RETURN_IF_ERROR(CheckWritable());
    STRATA_ASSIGN_OR_RETURN(PosixFiles::OpenFile * open, files_.Get(file));
    if (Retrying([&] { return SyncData(open->descriptor.get()); }) != 0) {
      return PosixError(FileName(file).view(), "sync", errno);
    }
    open->unsynced = false;
    return {};
  }

  Result<void> SyncNames() override {
    STRATA_RETURN_IF_ERROR(CheckWritable());
    if (Retrying([&] { return fsync(directory_.get()); }) != 0) return PosixError(path_, "sync", errno);
    return {};
  }

  Result<void> Remove(FileNumber file) override {
    STRATA_RETURN_IF_ERROR(CheckWritable());
    files_.Close(file);
    const std::string name(FileName(file).view());
    if (unlinkat(directory_.get(), name.c_str(), 0) != 0) return PosixError(name, "remove", errno);
    return {};
  }

  uint64_t NowMicros() override {
    using std::chrono::duration_cast, std::chrono::microseconds, std::chrono::steady_clock;
    return static_cast<uint64_t>(duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count());
  }

  void FillRandom(std::span<std::byte> out) override {
    while (!out.empty()) {
      const size_t count = std::min(out.size(), kEntropyBytesMax);
      // Fails on no system we run on. Going on without would give two databases one identity.
      if (getentropy(out.data(), count) != 0) std::abort();
      out = out.subspan(count);
    }
  }

 private:
  static constexpr uint64_t kOffsetMax = static_cast<uint64_t>(std::numeric_limits<off_t>::max());

  Result<void> CheckWritable() const {
    return read_only_ ? Result<void>(Fail(ErrorCode::kReadOnly, {path_, ": is open for reading only"}))
                      : Result<void>();
  }

  static Result<uint64_t> SizeOf(const PosixFiles::OpenFile& open) {
    struct stat status{};
    if (fstat(open.descriptor.get(), &status) != 0)
      return PosixError(FileName(open.file).view(), "stat", errno);
    return static_cast<uint64_t>(status.st_size);
  }

  static Result<void> CheckWithin(const PosixFiles::OpenFile& open, uint64_t offset) {
    STRATA_ASSIGN_OR_RETURN(const uint64_t size, SizeOf(open));
    if (offset <= size) return {};
    return Fail(ErrorCode::kInvalidArgument,
                {FileName(open.file), ": byte ", offset, " is past the end at ", size});
  }

  static Result<void> EndsEarly(FileNumber file, uint64_t offset, uint64_t bytes) {
    return Fail(ErrorCode::kCorruption,
                {FileName(file), ": ends before the ", bytes, " bytes at byte ", offset});
  }

  std::string path_;
  PosixDescriptor directory_;
  PosixLock lock_;
  bool read_only_;
  PosixFiles files_;
};

}  // namespace

Result<std::unique_ptr<PosixEnv>> PosixEnv::Open(const std::string& directory, PosixOptions options) {
  // "name/" would follow a symbolic link where "name" does not.
  std::string path = directory;
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  if (path.empty() || path.contains('\0')) {
    return Fail(ErrorCode::kInvalidArgument, "the database's directory has no usable name");
  }

  const bool create = options.create && !options.read_only;
  const bool made = create && mkdir(path.c_str(), 0700) == 0;
  if (create && !made && errno != EEXIST) return PosixError(path, "make directory", errno);
  PosixDescriptor descriptor(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!descriptor) {
    // A symbolic link is ELOOP or, with O_DIRECTORY, ENOTDIR.
    if (errno == ELOOP || errno == ENOTDIR) {
      return Fail(ErrorCode::kInvalidArgument, {path, ": is a symbolic link or no directory"});
    }
    return PosixError(path, "open", errno);
  }
  if (made) STRATA_RETURN_IF_ERROR(SyncParent(descriptor, path));

  PosixLock lock;
  if (options.read_only) {
    STRATA_RETURN_IF_ERROR(PosixLock::Probe(descriptor.get(), path));
  } else {
    STRATA_ASSIGN_OR_RETURN(lock, PosixLock::Take(descriptor.get(), path));
  }
  return std::make_unique<PosixDirectoryEnv>(std::move(path), std::move(descriptor), std::move(lock),
                                             options.read_only);
}

}  // namespace strata
