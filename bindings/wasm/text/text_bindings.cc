// What JavaScript sees of the text embedder; js/src/embed/text_module.d.ts is its type.
#include <emscripten/bind.h>

#include "text/text_session.h"

EMSCRIPTEN_BINDINGS(strata_text) {
  using strata::TextSession;

  emscripten::class_<TextSession>("Session")
      .constructor<>()
      .function("input", &TextSession::Input)
      .function("replyAt", &TextSession::ReplyAt)
      .function("run", &TextSession::Run);
}
