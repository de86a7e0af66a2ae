#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "strata/env.h"

namespace strata {

// Files nobody reads any more, to be removed at the next convenient moment.
struct Trash {
  std::vector<FileNumber> files;
};

// Keeps a file while anybody may read it. A file is wanted while the root names it: a new one is unwanted
// until it is published, an old one from when a published state lacks it. The last holder of an unwanted file
// to let go, perhaps an old read view, hands it to the trash.
class FileLease {
 public:
  FileLease(FileNumber file, std::shared_ptr<Trash> trash, bool wanted)
      : file_(file), trash_(std::move(trash)), wanted_(wanted) {}
  FileLease(const FileLease&) = delete;
  FileLease& operator=(const FileLease&) = delete;
  ~FileLease() {
    if (wanted_) return;
    try {
      trash_->files.push_back(file_);
    } catch (...) {
      // Out of memory: the file stays behind as an orphan, which the next opening removes.
    }
  }

  FileNumber file() const { return file_; }
  void set_wanted(bool wanted) { wanted_ = wanted; }

 private:
  FileNumber file_;
  std::shared_ptr<Trash> trash_;
  bool wanted_;
};

}  // namespace strata
