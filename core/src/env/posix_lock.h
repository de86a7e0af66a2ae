#pragma once

#include <string>
#include <utility>

#include "strata/result.h"

namespace strata {

// The right to write a directory, freed by the kernel when its holder dies, however it dies.
//
// On Linux it is a listening abstract Unix socket (SOCK_STREAM) named "\0strata-<device>-<inode>", both
// decimal and padded with dots to the full length: Node, which has no flock, takes the same one, so native
// and JavaScript writers exclude each other. Elsewhere it is flock() on the directory. Neither crosses
// containers or machines; there the superblock's epoch is the last word.
class PosixLock {
 public:
  PosixLock() = default;
  PosixLock(PosixLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  PosixLock& operator=(PosixLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~PosixLock();

  // kUnavailable if another holds it. `directory_descriptor` is the open directory; `directory` is for
  // messages.
  static Result<PosixLock> Take(int directory_descriptor, const std::string& directory);

  // OK if nobody holds it just now; kUnavailable otherwise. Takes nothing, so that readers do not disturb
  // each other.
  static Result<void> Probe(int directory_descriptor, const std::string& directory);

 private:
  explicit PosixLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_ = -1;
};

}  // namespace strata
