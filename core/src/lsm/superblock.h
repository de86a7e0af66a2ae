#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "file/file_header.h"
#include "strata/env.h"
#include "strata/result.h"

namespace strata {

// The root: which manifest describes the database now, and what has to be found in logs beside it.
struct Superblock {
  DatabaseId database{};
  uint64_t epoch = 0;       // How often the database was opened for writing.
  uint64_t generation = 0;  // Grows by one with each Publish(); starts at 1.
  FileNumber manifest = 0;  // 0: none yet, the database is empty.
  uint64_t sequence = 0;    // Batches up to this one are in segments, the later ones in logs.
  FileNumber log = 0;       // The newest log, which has to be there; 0: none yet.
  // Batches up to this one were durable when this was published: segments and logs have to hold them.
  uint64_t durable_sequence = 0;

  friend bool operator==(const Superblock&, const Superblock&) = default;
};

inline constexpr FileNumber kSuperblockFile = 0;

// File 0, never renamed, never removed: a header, and two slots that are overwritten in turn, so that a power
// cut during Publish() leaves the other one. Each slot holds its superblock twice, in different sectors: a
// single damaged sector costs nothing, while falling back to the older slot might mean files that are gone.
// Format in docs/formats/superblock.md.
//
// Create() comes before any other file of the database is made; that is how Open() tells a creation that was
// cut off (nothing else is there) from a database that lost its root.
class SuperblockFile {
 public:
  // Makes file 0 with `first`, whose generation becomes 1 and whose manifest may be 0 (there is none yet).
  // Starts over what an interrupted creation left; the header is written last, after everything else is
  // durable, and makes the file valid in one sector. kAlreadyExists if there is a database, also a damaged
  // one. `env` outlives this.
  static Result<SuperblockFile> Create(Env* env, const Superblock& first);

  // kNotFound if there is no file 0 or its creation never ended, and no other file: an empty database may be
  // made. kCorruption if it was whole and now no slot is valid, or if it is missing while other files are
  // there. kUnsupportedFormat.
  static Result<SuperblockFile> Open(Env* env);

  // The newest valid superblock, until UsePrevious() or Publish().
  const Superblock& current() const { return *slots_[current_slot_]; }

  // The valid slots, newest first. When the newest one's manifest does not verify, the one before it is to be
  // used: tell by UsePrevious().
  std::vector<Superblock> candidates() const;

  // Makes candidates()[1] current, so that the next Publish() overwrites what was the newest; keeps what the
  // newest says of epoch and logs. Needs two candidates.
  void UsePrevious();

  // Writes `next` over the slot that is not current and syncs; its generation becomes the highest there is
  // plus 1. kFenced, without writing, if another owner has published a higher epoch meanwhile. After kIoError
  // or kNoSpace either superblock may be found at the next opening: leave the files of both alone. After a
  // failed sync every later call is kReadOnly.
  Result<void> Publish(Superblock next);

  // The newest valid superblock in the file now. A higher epoch than one's own means: another has taken over.
  Result<Superblock> Reread() const;

 private:
  using Slots = std::array<std::optional<Superblock>, 2>;

  SuperblockFile(Env* env, const DatabaseId& database, const Slots& slots);

  static size_t NewestSlot(const Slots& slots);
  static Result<Slots> ReadSlots(Env* env, const DatabaseId& database);

  Env* env_;
  DatabaseId database_;
  Slots slots_;  // As found or published; nothing where none is valid. At least one is.
  size_t current_slot_;
  bool broken_ = false;  // A sync failed.
};

}  // namespace strata
