// What JavaScript sees of the engine; js/src/engine/strata_module.d.ts is its type.
#include <emscripten/bind.h>

#include <string>

#include "session.h"
#include "strata/result.h"

namespace strata {
namespace {

// For the test that compares the TypeScript union with this module. Empty for a number that is no error's.
std::string CodeName(uint32_t code) {
  if (code < 1 || code > static_cast<uint32_t>(ErrorCode::kInternal)) return {};
  return std::string(ErrorCodeName(static_cast<ErrorCode>(code)));
}

}  // namespace

EMSCRIPTEN_BINDINGS(strata) {
  using emscripten::class_;

  emscripten::function("errorCodeName", &CodeName);

  class_<Session>("Session")
      .constructor<>()
      .function("input", &Session::Input)
      .function("replyAt", &Session::ReplyAt)
      .function("open", &Session::Open)
      .function("openCollection", &Session::OpenCollection)
      .function("collections", &Session::Collections)
      .function("drop", &Session::Drop)
      .function("write", &Session::Write)
      .function("deleteWhere", &Session::DeleteWhere)
      .function("syncLog", &Session::SyncLog)
      .function("get", &Session::Get)
      .function("has", &Session::Has)
      .function("count", &Session::Count)
      .function("scan", &Session::Scan)
      .function("scanNext", &Session::ScanNext)
      .function("lastCursor", &Session::LastCursor)
      .function("scanClose", &Session::ScanClose)
      .function("search", &Session::Search)
      .function("view", &Session::View)
      .function("viewClose", &Session::ViewClose)
      .function("inspect", &Session::Inspect)
      .function("hasBackgroundWork", &Session::HasBackgroundWork)
      .function("runBackground", &Session::RunBackground)
      .function("flush", &Session::Flush)
      .function("beginCompact", &Session::BeginCompact)
      .function("stepCompact", &Session::StepCompact)
      .function("stopCompact", &Session::StopCompact)
      .function("verify", &Session::Verify)
      .function("stats", &Session::Stats)
      .function("close", &Session::Close);
}

}  // namespace strata
