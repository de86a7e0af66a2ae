#pragma once

#include <cstdint>
#include <string>

#include "arguments.h"
#include "reply.h"
#include "strata/result.h"

namespace strata {

// How a call from JavaScript begins and ends, the same for all. Two rules hold:
//   * Nothing throws across the boundary. A call answers 0 and leaves a reply, or answers an ErrorCode and
//     leaves its message as the reply; running out of memory is caught here and becomes kOutOfMemory.
//   * No view of this memory leaves. Arguments were copied in (arguments.h), replies are copied out before
//     the next call.
class CallFrame {
 public:
  Arguments arguments;

  // The address of room for the next call's arguments, 0 if memory is out.
  uintptr_t Input(uint32_t bytes) { return reinterpret_cast<uintptr_t>(arguments.Prepare(bytes)); }
  // The address of two u32: where the last call's reply stands and how long it is.
  uintptr_t ReplyAt() const { return reinterpret_cast<uintptr_t>(&reply_place_); }

  // Runs `action`, which fills a Reply, and turns every way it can end into a number and a reply. Erased at
  // once, so that the catching is compiled once and not for each call.
  template <typename Action>
  int Answer(Action action) {
    return Run([](void* erased, Reply& reply) { return (*static_cast<Action*>(erased))(reply); }, &action);
  }

 private:
  int Run(Result<void> (*call)(void* action, Reply& reply), void* action);
  void ShowReply();
  // Sets a reply without needing memory: `message` is cut to what is kept.
  int FailWithout(ErrorCode code, const char* message);

  std::string reply_;
  struct {
    uint32_t address = 0;
    uint32_t bytes = 0;
  } reply_place_;
};

}  // namespace strata
