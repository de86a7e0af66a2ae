#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "strata/env.h"

namespace strata {

// Files nobody reads any more, to be removed at the next convenient moment.
struct Trash {
  // Has room for the file of every lease, so that letting go of one cannot fail.
  std::vector<FileNumber> files;
  size_t leases = 0;
};

// Keeps a file while anybody may read it. A file is wanted while the root names it: a new one is unwanted
// until it is published, an old one from when a published state lacks it. The last holder of an unwanted file
// to let go, perhaps an old read view, hands it to the trash.
class FileLease {
 public:
  FileLease(FileNumber file, std::shared_ptr<Trash> trash, bool wanted)
      : file_(file), trash_(std::move(trash)), wanted_(wanted) {
    trash_->files.reserve(trash_->files.size() + trash_->leases + 1);
    ++trash_->leases;
  }
  FileLease(const FileLease&) = delete;
  FileLease& operator=(const FileLease&) = delete;
  ~FileLease() {
    --trash_->leases;
    if (!wanted_) trash_->files.push_back(file_);
  }

  FileNumber file() const { return file_; }
  void set_wanted(bool wanted) { wanted_ = wanted; }

 private:
  FileNumber file_;
  std::shared_ptr<Trash> trash_;
  bool wanted_;
};

}  // namespace strata
