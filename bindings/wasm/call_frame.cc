#include "call_frame.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <new>
#include <utility>

namespace strata {

int CallFrame::Run(Result<void> (*call)(void* action, Reply& reply), void* action) {
  try {
    Reply reply;
    const Result<void> done = call(action, reply);
    SetReply(done ? reply.Encode() : done.error().message());
    return done ? 0 : static_cast<int>(done.error().code());
  } catch (const std::bad_alloc&) {
    return FailWithout(ErrorCode::kOutOfMemory, "WebAssembly memory is used up");
  } catch (const std::exception& error) {
    return FailWithout(ErrorCode::kInternal, error.what());
  }
}

void CallFrame::SetReply(std::string reply) {
  reply_ = std::move(reply);
  reply_place_.address = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(reply_.data()));
  reply_place_.bytes = static_cast<uint32_t>(reply_.size());
}

int CallFrame::FailWithout(ErrorCode code, const char* message) {
  constexpr size_t kMessageBytesMax = 200;
  static char kept[kMessageBytesMax];
  const size_t size = std::min(std::strlen(message), kMessageBytesMax);
  std::memcpy(kept, message, size);
  reply_place_.address = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(kept));
  reply_place_.bytes = static_cast<uint32_t>(size);
  return static_cast<int>(code);
}

}  // namespace strata
