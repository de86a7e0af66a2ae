#include "env/fault_env.h"

#include <string>

namespace strata {

Result<void> FaultEnv::Count() {
  const uint64_t call = calls_++;
  switch (fault_.kind) {
    case Fault::Kind::kNone:
    case Fault::Kind::kShortWrite:
      return {};  // WriteAt() sees to the latter.
    case Fault::Kind::kFailOnce:
      if (call != fault_.call) return {};
      break;
    case Fault::Kind::kPowerCut:
    case Fault::Kind::kFailForever:
      if (call < fault_.call) return {};
      break;
  }
  tripped_ = true;
  const bool power_cut = fault_.kind == Fault::Kind::kPowerCut;
  return Fail(power_cut ? ErrorCode::kIoError : fault_.code,
              {(power_cut ? "the power is off at call " : "made to fail at call "), call});
}

Result<std::vector<FileNumber>> FaultEnv::List() {
  STRATA_RETURN_IF_ERROR(Count());
  return env_->List();
}

Result<void> FaultEnv::Create(FileNumber file) {
  STRATA_RETURN_IF_ERROR(Count());
  return env_->Create(file);
}

Result<uint64_t> FaultEnv::Size(FileNumber file) {
  STRATA_RETURN_IF_ERROR(Count());
  return env_->Size(file);
}

Result<void> FaultEnv::ReadAt(FileNumber file, uint64_t offset, std::span<std::byte> out) {
  STRATA_RETURN_IF_ERROR(Count());
  return env_->ReadAt(file, offset, out);
}

Result<void> FaultEnv::WriteAt(FileNumber file, uint64_t offset, std::span<const std::byte> bytes) {
  if (fault_.kind == Fault::Kind::kShortWrite && calls_ == fault_.call) {
    ++calls_;
    tripped_ = true;
    STRATA_RETURN_IF_ERROR(env_->WriteAt(file, offset, bytes.first(bytes.size() / 2)));
    return Fail(fault_.code, {"made to write short at call ", fault_.call});
  }
  STRATA_RETURN_IF_ERROR(Count());
  return env_->WriteAt(file, offset, bytes);
}

Result<void> FaultEnv::Truncate(FileNumber file, uint64_t size) {
  STRATA_RETURN_IF_ERROR(Count());
  return env_->Truncate(file, size);
}

Result<void> FaultEnv::Sync(FileNumber file) {
  STRATA_RETURN_IF_ERROR(Count());
  return env_->Sync(file);
}

Result<void> FaultEnv::SyncNames() {
  STRATA_RETURN_IF_ERROR(Count());
  return env_->SyncNames();
}

Result<void> FaultEnv::Remove(FileNumber file) {
  STRATA_RETURN_IF_ERROR(Count());
  return env_->Remove(file);
}

}  // namespace strata
