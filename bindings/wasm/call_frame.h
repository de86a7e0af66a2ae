#pragma once

#include <cstdint>
#include <string>

#include "arguments.h"
#include "reply.h"
#include "strata/result.h"

namespace strata {

// How a call from JavaScript begins and ends, the same for all. Two rules hold:
//   * A call answers 0 and leaves a reply, or answers an ErrorCode and leaves its message as the reply. C++
//     throws nothing here. When memory is out, JavaScript's exception ends the call where it stands; the
//     instance cannot be used after that, as after a trap, and what is on storage is opened by another one.
//   * No view of this memory leaves. Arguments were copied in (arguments.h), replies are copied out before
//     the next call.
class CallFrame {
 public:
  CallFrame();

  Arguments arguments;

  // The address of room for the next call's arguments, 0 if memory is out.
  uintptr_t Input(uint32_t bytes) { return reinterpret_cast<uintptr_t>(arguments.Prepare(bytes)); }
  // The address of two u32: where the last call's reply stands and how long it is.
  uintptr_t ReplyAt() const { return reinterpret_cast<uintptr_t>(&reply_place_); }

  // Runs `action`, which fills a Reply, and turns every way it can end into a number and a reply. Erased at
  // once, so that what is the same is compiled once and not for each call.
  template <typename Action>
  int Answer(Action action) {
    return Run([](void* erased, Reply& reply) { return (*static_cast<Action*>(erased))(reply); }, &action);
  }

 private:
  int Run(Result<void> (*call)(void* action, Reply& reply), void* action);

  std::string reply_;
  struct {
    uint32_t address = 0;
    uint32_t bytes = 0;
  } reply_place_;
};

}  // namespace strata
