#include "env/posix_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iterator>

#include "env/file_name.h"

namespace strata {

PosixDescriptor::~PosixDescriptor() {
  if (number_ >= 0) close(number_);
}

Failure PosixError(std::string_view name, const char* call, int number) {
  ErrorCode code = ErrorCode::kIoError;
  if (number == ENOENT) code = ErrorCode::kNotFound;
  if (number == EEXIST) code = ErrorCode::kAlreadyExists;
  if (number == ENOSPC || number == EDQUOT || number == EFBIG) code = ErrorCode::kNoSpace;
  return Fail(code, {name, ": ", call, ": ", std::strerror(number)});
}

Result<void> PosixFiles::Create(FileNumber file) {
  STRATA_RETURN_IF_ERROR(Open(file, O_RDWR | O_CREAT | O_EXCL));
  return {};
}

Result<PosixFiles::OpenFile*> PosixFiles::Get(FileNumber file) {
  if (const auto found = index_.find(file); found != index_.end()) {
    open_.splice(open_.begin(), open_, found->second);
    return &open_.front();
  }
  return Open(file, read_only_ ? O_RDONLY : O_RDWR);
}

void PosixFiles::Close(FileNumber file) {
  const auto found = index_.find(file);
  if (found == index_.end()) return;
  open_.erase(found->second);
  index_.erase(found);
}

Result<PosixFiles::OpenFile*> PosixFiles::Open(FileNumber file, int flags) {
  const std::string name(FileName(file).view());
  // O_NONBLOCK: opening a pipe that someone put there must not wait for its other end.
  PosixDescriptor descriptor(
      openat(directory_, name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600));
  if (!descriptor) return PosixError(name, "open", errno);
  struct stat status{};
  if (fstat(descriptor.get(), &status) != 0) return PosixError(name, "stat", errno);
  if (!S_ISREG(status.st_mode)) return Fail(ErrorCode::kIoError, {name, ": is not a regular file"});

  for (auto victim = open_.end(); open_.size() >= kOpenFilesMax && victim != open_.begin();) {
    --victim;
    if (victim->unsynced) continue;
    index_.erase(victim->file);
    victim = open_.erase(victim);
  }
  std::list<OpenFile> fresh;
  fresh.push_front({.file = file, .descriptor = std::move(descriptor), .unsynced = false});
  index_.emplace(file, fresh.begin());
  open_.splice(open_.begin(), fresh);
  return &open_.front();
}

}  // namespace strata
