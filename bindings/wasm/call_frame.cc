#include "call_frame.h"

#include <new>

#include "host_import.h"

// Does not return: it throws in JavaScript.
STRATA_HOST_IMPORT("outOfMemory") void strata_out_of_memory();

namespace strata {
namespace {

// Room that is there before a call begins, so that a write which was applied can always say so.
constexpr size_t kSmallReplyBytes = 512;
constexpr size_t kKeptReplyBytesMax = size_t{1} << 20;

}  // namespace

CallFrame::CallFrame() { std::set_new_handler(strata_out_of_memory); }

int CallFrame::Run(Result<void> (*call)(void* action, Reply& reply), void* action) {
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
  reply_place_.address = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(reply_.data()));
  reply_place_.bytes = static_cast<uint32_t>(reply_.size());
  return done ? 0 : static_cast<int>(done.error().code());
}

}  // namespace strata
