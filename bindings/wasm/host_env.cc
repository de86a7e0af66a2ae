#include "host_env.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "host_import.h"

// File numbers, offsets and sizes are doubles: exact up to 2^53.
STRATA_HOST_IMPORT("list") double strata_host_list(double* out, uint32_t capacity);
STRATA_HOST_IMPORT("create") int strata_host_create(double file);
STRATA_HOST_IMPORT("size") double strata_host_size(double file);
STRATA_HOST_IMPORT("readAt")
int strata_host_read_at(double file, double offset, std::byte* out, uint32_t bytes);
STRATA_HOST_IMPORT("writeAt")
int strata_host_write_at(double file, double offset, const std::byte* from, uint32_t bytes);
STRATA_HOST_IMPORT("truncate") int strata_host_truncate(double file, double size);
STRATA_HOST_IMPORT("sync") int strata_host_sync(double file);
STRATA_HOST_IMPORT("syncNames") int strata_host_sync_names();
STRATA_HOST_IMPORT("remove") int strata_host_remove(double file);
STRATA_HOST_IMPORT("lastMessage") uint32_t strata_host_last_message(char* out, uint32_t capacity);
STRATA_HOST_IMPORT("nowMicros") double strata_host_now_micros();
STRATA_HOST_IMPORT("fillRandom") void strata_host_fill_random(std::byte* out, uint32_t bytes);
STRATA_HOST_IMPORT("progress") bool strata_host_progress(double done);

namespace strata {
namespace {

constexpr size_t kMessageBytesMax = 1024;
constexpr uint64_t kExactMax = uint64_t{1} << 53;

// The error behind the negative answer `status` of the last host call.
Failure HostError(double status) {
  std::array<char, kMessageBytesMax> text;
  const uint32_t size = std::min<uint32_t>(strata_host_last_message(text.data(), text.size()), text.size());
  const double number = -status;
  const bool known =
      number >= 1 && number <= static_cast<double>(ErrorCode::kInternal) && number == std::floor(number);
  return Fail(known ? static_cast<ErrorCode>(static_cast<uint8_t>(number)) : ErrorCode::kIoError,
              std::string(text.data(), size));
}

Result<void> Check(int status) {
  if (status == 0) return {};
  return HostError(status);
}

// Numbers that a double does not hold exactly name no file and no place in one.
Result<void> CheckExact(uint64_t file, uint64_t offset, uint64_t bytes) {
  if (file <= kExactMax && offset <= kExactMax && bytes <= kExactMax - offset) return {};
  return Fail(ErrorCode::kInvalidArgument,
              {"file ", file, ", offset ", offset, ", ", bytes, " bytes: beyond 2^53"});
}

}  // namespace

Result<std::vector<FileNumber>> HostEnv::List() {
  std::vector<double> numbers;
  // Nothing else runs between the two calls, so the count cannot change.
  const double count = strata_host_list(nullptr, 0);
  if (count < 0) return HostError(count);
  numbers.resize(static_cast<size_t>(count));
  if (!numbers.empty()) {
    const double listed = strata_host_list(numbers.data(), static_cast<uint32_t>(numbers.size()));
    if (listed < 0) return HostError(listed);
  }
  std::vector<FileNumber> files;
  files.reserve(numbers.size());
  for (double number : numbers) files.push_back(static_cast<FileNumber>(number));
  return files;
}

Result<void> HostEnv::Create(FileNumber file) {
  STRATA_RETURN_IF_ERROR(CheckExact(file, 0, 0));
  return Check(strata_host_create(static_cast<double>(file)));
}

Result<uint64_t> HostEnv::Size(FileNumber file) {
  STRATA_RETURN_IF_ERROR(CheckExact(file, 0, 0));
  const double size = strata_host_size(static_cast<double>(file));
  if (size < 0) return HostError(size);
  return static_cast<uint64_t>(size);
}

Result<void> HostEnv::ReadAt(FileNumber file, uint64_t offset, std::span<std::byte> out) {
  STRATA_RETURN_IF_ERROR(CheckExact(file, offset, out.size()));
  return Check(strata_host_read_at(static_cast<double>(file), static_cast<double>(offset), out.data(),
                                   static_cast<uint32_t>(out.size())));
}

Result<void> HostEnv::WriteAt(FileNumber file, uint64_t offset, std::span<const std::byte> bytes) {
  STRATA_RETURN_IF_ERROR(CheckExact(file, offset, bytes.size()));
  return Check(strata_host_write_at(static_cast<double>(file), static_cast<double>(offset), bytes.data(),
                                    static_cast<uint32_t>(bytes.size())));
}

Result<void> HostEnv::Truncate(FileNumber file, uint64_t size) {
  STRATA_RETURN_IF_ERROR(CheckExact(file, size, 0));
  return Check(strata_host_truncate(static_cast<double>(file), static_cast<double>(size)));
}

Result<void> HostEnv::Sync(FileNumber file) {
  STRATA_RETURN_IF_ERROR(CheckExact(file, 0, 0));
  return Check(strata_host_sync(static_cast<double>(file)));
}

Result<void> HostEnv::SyncNames() { return Check(strata_host_sync_names()); }

Result<void> HostEnv::Remove(FileNumber file) {
  STRATA_RETURN_IF_ERROR(CheckExact(file, 0, 0));
  return Check(strata_host_remove(static_cast<double>(file)));
}

uint64_t HostEnv::NowMicros() { return static_cast<uint64_t>(strata_host_now_micros()); }

void HostEnv::FillRandom(std::span<std::byte> out) {
  strata_host_fill_random(out.data(), static_cast<uint32_t>(out.size()));
}

bool ReportProgress(double done) { return strata_host_progress(done); }

}  // namespace strata
