#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>
#include <utility>

#include "strata/env.h"
#include "strata/result.h"

namespace strata {

inline constexpr size_t kOpenFilesMax = 64;

// A file descriptor that closes itself.
class PosixDescriptor {
 public:
  PosixDescriptor() = default;
  explicit PosixDescriptor(int number) : number_(number) {}
  PosixDescriptor(PosixDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  PosixDescriptor& operator=(PosixDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~PosixDescriptor();

  int get() const { return number_; }
  void Release() { number_ = -1; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

// kNotFound, kAlreadyExists, kNoSpace or kIoError, with the system's own words: "00000003.strata: write: File
// too large".
Failure PosixError(std::string_view name, const char* call, int number);

// The descriptors of one directory's files, opened when needed. At most kOpenFilesMax stay open, except that
// one with unsynced bytes is never closed: the kernel reports a failed write-back only to descriptors that
// were open then.
class PosixFiles {
 public:
  struct OpenFile {
    FileNumber file = 0;
    PosixDescriptor descriptor;
    bool unsynced = false;
  };

  // `directory` outlives this.
  PosixFiles(int directory, bool read_only) : directory_(directory), read_only_(read_only) {}

  // Makes the file and opens it. kAlreadyExists; kNoSpace; kIoError.
  Result<void> Create(FileNumber file);

  // The open file; the pointer lives until the next call. kNotFound; kIoError, also for a symbolic link and
  // for what is no regular file.
  Result<OpenFile*> Get(FileNumber file);

  void Close(FileNumber file);

 private:
  Result<OpenFile*> Open(FileNumber file, int flags);

  int directory_;
  bool read_only_;
  std::list<OpenFile> open_;  // Most recently used first.
  std::unordered_map<FileNumber, std::list<OpenFile>::iterator> index_;
};

}  // namespace strata
