#pragma once

#include <memory>
#include <string>

#include "strata/env.h"

namespace strata {

struct PosixOptions {
  bool read_only = false;  // Every call that would change something is kReadOnly.
  bool create = true;      // Make the directory if it is not there.
};

// Files in one directory of a POSIX system. The directory is made with mode 0700, files with 0600. A
// directory or file that is a symbolic link, and a file that is not a regular one, is refused, so that nobody
// can point the engine elsewhere; other names in the directory are left alone.
//
// Durability: Sync() is fdatasync (F_FULLFSYNC on macOS), SyncNames() is fsync of the directory.
//
// One process at a time writes: Open() takes the lock of posix_lock.h and holds it until the end. Read-only
// environments take no lock, so that many can share a directory that nobody writes; they are refused while a
// writer is there.
//
// At most 64 descriptors stay open, the least recently used is closed first. A file with unsynced bytes stays
// open, since the kernel reports a failed write-back only to descriptors that were open then.
class PosixEnv : public Env {
 public:
  // kNotFound if the directory is absent and not to be created; kUnavailable if a writer holds it;
  // kInvalidArgument if it is a symbolic link or no directory; kIoError.
  static Result<std::unique_ptr<PosixEnv>> Open(const std::string& directory, PosixOptions options = {});
};

}  // namespace strata
