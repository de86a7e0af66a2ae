#include "lsm/superblock.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <string>

#include "bytes/checksum.h"
#include "bytes/heap_sort.h"
#include "bytes/little_endian.h"
#include "env/file_name.h"

namespace strata {
namespace {

// Header and slots have 4 KiB each, the largest page that storage writes as one.
constexpr size_t kSlotBytes = 4096;
constexpr size_t kCopyBytes = 72;
constexpr std::array<size_t, 2> kCopiesAt = {0, 2048};  // In the slot.

constexpr size_t kDatabaseAt = 0;
constexpr size_t kEpochAt = 16;
constexpr size_t kGenerationAt = 24;
constexpr size_t kManifestAt = 32;
constexpr size_t kSequenceAt = 40;
constexpr size_t kLogAt = 48;
constexpr size_t kDurableSequenceAt = 56;
constexpr size_t kChecksumAt = 64;

using SlotBytes = std::array<std::byte, kSlotBytes>;

uint64_t SlotOffset(size_t slot) { return (1 + slot) * kSlotBytes; }

SlotBytes EncodeSlot(const Superblock& superblock) {
  SlotBytes bytes{};
  std::byte* copy = bytes.data();
  std::memcpy(copy + kDatabaseAt, superblock.database.data(), superblock.database.size());
  StoreLittleEndian(superblock.epoch, copy + kEpochAt);
  StoreLittleEndian(superblock.generation, copy + kGenerationAt);
  StoreLittleEndian(superblock.manifest, copy + kManifestAt);
  StoreLittleEndian(superblock.sequence, copy + kSequenceAt);
  StoreLittleEndian(superblock.log, copy + kLogAt);
  StoreLittleEndian(superblock.durable_sequence, copy + kDurableSequenceAt);
  StoreLittleEndian(Checksum(std::span(bytes).first(kChecksumAt)), copy + kChecksumAt);
  std::memcpy(copy + kCopiesAt[1], copy + kCopiesAt[0], kCopyBytes);
  return bytes;
}

std::optional<Superblock> DecodeCopy(std::span<const std::byte> copy, const DatabaseId& database) {
  if (LoadLittleEndian<uint64_t>(&copy[kChecksumAt]) != Checksum(copy.first(kChecksumAt)))
    return std::nullopt;
  Superblock superblock;
  std::memcpy(superblock.database.data(), &copy[kDatabaseAt], superblock.database.size());
  superblock.epoch = LoadLittleEndian<uint64_t>(&copy[kEpochAt]);
  superblock.generation = LoadLittleEndian<uint64_t>(&copy[kGenerationAt]);
  superblock.manifest = LoadLittleEndian<uint64_t>(&copy[kManifestAt]);
  superblock.sequence = LoadLittleEndian<uint64_t>(&copy[kSequenceAt]);
  superblock.log = LoadLittleEndian<uint64_t>(&copy[kLogAt]);
  superblock.durable_sequence = LoadLittleEndian<uint64_t>(&copy[kDurableSequenceAt]);
  const bool valid = superblock.database == database && superblock.generation != 0;
  return valid ? std::optional(superblock) : std::nullopt;
}

// A cut Publish() may leave copies of two generations: the newer one was ready to be published, so it counts.
std::optional<Superblock> DecodeSlot(std::span<const std::byte> slot, const DatabaseId& database) {
  std::optional<Superblock> newest;
  for (const size_t at : kCopiesAt) {
    const auto copy = DecodeCopy(slot.subspan(at, kCopyBytes), database);
    if (copy && (!newest || copy->generation > newest->generation)) newest = copy;
  }
  return newest;
}

bool ExistsIn(const std::vector<FileNumber>& files) {
  return std::ranges::find(files, kSuperblockFile) != files.end();
}

// The header of file 0, or nothing if there is no database: see SuperblockFile::Open().
Result<std::optional<FileHeader>> ReadHeader(Env* env) {
  STRATA_ASSIGN_OR_RETURN(const std::vector<FileNumber>& files, env->List());
  std::optional<FileHeader> header;
  if (ExistsIn(files)) {
    STRATA_ASSIGN_OR_RETURN(header, ReadFileHeader(env, kSuperblockFile));
  }
  if (!header) {
    const size_t others = files.size() - (ExistsIn(files) ? 1 : 0);
    if (others == 0) return std::nullopt;
    return Fail(ErrorCode::kCorruption,
                {FileName(kSuperblockFile), ": the superblock is missing or empty, but ", others,
                 " other files are there"});
  }
  if (header->kind != FileKind::kSuperblock) {
    return Fail(ErrorCode::kCorruption, {FileName(kSuperblockFile), ": is not a superblock"});
  }
  return header;
}

}  // namespace

SuperblockFile::SuperblockFile(Env* env, const DatabaseId& database, const Slots& slots)
    : env_(env), database_(database), slots_(slots), current_slot_(NewestSlot(slots)) {}

Result<SuperblockFile> SuperblockFile::Create(Env* env, const Superblock& first) {
  STRATA_ASSIGN_OR_RETURN(const auto& existing, ReadHeader(env));
  if (existing)
    return Fail(ErrorCode::kAlreadyExists, {FileName(kSuperblockFile), ": there is a database already"});
  if (auto created = env->Create(kSuperblockFile);
      !created && created.error().code() != ErrorCode::kAlreadyExists) {
    return PassedError{created.error()};
  }
  STRATA_RETURN_IF_ERROR(env->Truncate(kSuperblockFile, 0));

  Superblock superblock = first;
  superblock.generation = 1;
  const SlotBytes zeros{};
  STRATA_RETURN_IF_ERROR(env->WriteAt(kSuperblockFile, 0, zeros));
  STRATA_RETURN_IF_ERROR(env->WriteAt(kSuperblockFile, SlotOffset(0), EncodeSlot(superblock)));
  STRATA_RETURN_IF_ERROR(env->WriteAt(kSuperblockFile, SlotOffset(1), zeros));
  STRATA_RETURN_IF_ERROR(env->Sync(kSuperblockFile));
  STRATA_RETURN_IF_ERROR(env->SyncNames());

  // All of the above is durable before the header says so; the header itself is one sector, there or not
  // there.
  const FileHeader header{.kind = FileKind::kSuperblock,
                          .version = kFormatVersion,
                          .database = superblock.database,
                          .file = kSuperblockFile,
                          .epoch = superblock.epoch,
                          .sequence = 0};
  STRATA_RETURN_IF_ERROR(env->WriteAt(kSuperblockFile, 0, EncodeFileHeader(header)));
  STRATA_RETURN_IF_ERROR(env->Sync(kSuperblockFile));
  return SuperblockFile(env, superblock.database, Slots{superblock, std::nullopt});
}

Result<SuperblockFile> SuperblockFile::Open(Env* env) {
  STRATA_ASSIGN_OR_RETURN(const auto& header, ReadHeader(env));
  if (!header) return Fail(ErrorCode::kNotFound, "there is no database here");
  STRATA_ASSIGN_OR_RETURN(const Slots& slots, ReadSlots(env, header->database));
  return SuperblockFile(env, header->database, slots);
}

std::vector<Superblock> SuperblockFile::candidates() const {
  std::vector<Superblock> valid;
  for (const auto& slot : slots_) {
    if (slot) valid.push_back(*slot);
  }
  HeapSort(valid, std::ranges::greater(), &Superblock::generation);
  return valid;
}

void SuperblockFile::UsePrevious() {
  assert(slots_[0] && slots_[1]);
  const Superblock& newest = current();
  current_slot_ = 1 - current_slot_;
  Superblock& previous = *slots_[current_slot_];
  // Otherwise the next epoch would be one that was used already.
  previous.epoch = std::max(previous.epoch, newest.epoch);
  // The manifest is damaged, not the logs.
  previous.log = newest.log;
  previous.durable_sequence = newest.durable_sequence;
}

Result<void> SuperblockFile::Publish(Superblock next) {
  if (broken_) {
    return Fail(ErrorCode::kReadOnly,
                {FileName(kSuperblockFile), ": an earlier sync failed; reopen the database"});
  }
  STRATA_ASSIGN_OR_RETURN(const Superblock& stored, Reread());
  if (stored.epoch > next.epoch) {
    return Fail(ErrorCode::kFenced, {FileName(kSuperblockFile), ": epoch ", stored.epoch,
                                     " has begun, this owner's is ", next.epoch});
  }
  next.database = database_;
  next.generation = candidates().front().generation + 1;
  const size_t slot = 1 - current_slot_;
  STRATA_RETURN_IF_ERROR(env_->WriteAt(kSuperblockFile, SlotOffset(slot), EncodeSlot(next)));
  if (auto synced = env_->Sync(kSuperblockFile); !synced) {
    broken_ = true;
    return synced;
  }
  slots_[slot] = next;
  current_slot_ = slot;
  return {};
}

Result<Superblock> SuperblockFile::Reread() const {
  STRATA_ASSIGN_OR_RETURN(const Slots& slots, ReadSlots(env_, database_));
  return *slots[NewestSlot(slots)];
}

size_t SuperblockFile::NewestSlot(const Slots& slots) {
  return !slots[0] || (slots[1] && slots[1]->generation > slots[0]->generation) ? 1 : 0;
}

Result<SuperblockFile::Slots> SuperblockFile::ReadSlots(Env* env, const DatabaseId& database) {
  std::vector<std::byte> bytes(2 * kSlotBytes);
  STRATA_RETURN_IF_ERROR(env->ReadAt(kSuperblockFile, SlotOffset(0), bytes));
  const std::span<const std::byte> both = bytes;
  const Slots slots = {DecodeSlot(both.first(kSlotBytes), database),
                       DecodeSlot(both.last(kSlotBytes), database)};
  if (!slots[0] && !slots[1]) {
    return Fail(ErrorCode::kCorruption, {FileName(kSuperblockFile), ": neither slot is valid"});
  }
  return slots;
}

}  // namespace strata
