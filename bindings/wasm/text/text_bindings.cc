// What JavaScript sees of the text embedder; js/src/embed/text_session.ts is its type.
#include "export.h"
#include "text/text_session.h"

EMSCRIPTEN_BINDINGS(strata_text) {
  using strata::TextSession;

  strata::Export<&TextSession::Input>("input");
  strata::Export<&TextSession::ReplyAt>("replyAt");
  strata::Export<&TextSession::Run>("run");
}
