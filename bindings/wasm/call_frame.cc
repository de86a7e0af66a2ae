#include "call_frame.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <new>

namespace strata {
namespace {

// Room that is there before a call begins, so that a write which was applied can always say so.
constexpr size_t kSmallReplyBytes = 512;
constexpr size_t kKeptReplyBytesMax = size_t{1} << 20;

}  // namespace

int CallFrame::Run(Result<void> (*call)(void* action, Reply& reply), void* action) {
  try {
    if (reply_.capacity() > kKeptReplyBytesMax) reply_ = std::string();
    reply_.reserve(Reply::kHeadBytes + kSmallReplyBytes);
    Reply reply;
    reply.json.Reserve(kSmallReplyBytes);
    const Result<void> done = call(action, reply);
    if (done) {
      reply.EncodeTo(&reply_);
    } else {
      reply_ = done.error().message();
    }
    ShowReply();
    return done ? 0 : static_cast<int>(done.error().code());
  } catch (const std::bad_alloc&) {
    return FailWithout(ErrorCode::kOutOfMemory, "WebAssembly memory is used up");
  } catch (const std::exception& error) {
    return FailWithout(ErrorCode::kInternal, error.what());
  }
}

void CallFrame::ShowReply() {
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
