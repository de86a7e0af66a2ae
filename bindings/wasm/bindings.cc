// What JavaScript sees of the engine; js/src/engine/session.ts is its type.
#include "export.h"
#include "session.h"

EMSCRIPTEN_BINDINGS(strata) {
  using strata::Session;

  strata::Export<&Session::Input>("input");
  strata::Export<&Session::ReplyAt>("replyAt");
  strata::Export<&Session::ErrorNames>("errorNames");
  strata::Export<&Session::Open>("open");
  strata::Export<&Session::OpenCollection>("openCollection");
  strata::Export<&Session::Collections>("collections");
  strata::Export<&Session::Drop>("drop");
  strata::Export<&Session::Write>("write");
  strata::Export<&Session::DeleteWhere>("deleteWhere");
  strata::Export<&Session::SyncLog>("syncLog");
  strata::Export<&Session::Get>("get");
  strata::Export<&Session::Has>("has");
  strata::Export<&Session::Count>("count");
  strata::Export<&Session::Scan>("scan");
  strata::Export<&Session::ScanNext>("scanNext");
  strata::Export<&Session::LastCursor>("lastCursor");
  strata::Export<&Session::ScanClose>("scanClose");
  strata::Export<&Session::Search>("search");
  strata::Export<&Session::View>("view");
  strata::Export<&Session::ViewClose>("viewClose");
  strata::Export<&Session::Inspect>("inspect");
  strata::Export<&Session::HasBackgroundWork>("hasBackgroundWork");
  strata::Export<&Session::RunBackground>("runBackground");
  strata::Export<&Session::Flush>("flush");
  strata::Export<&Session::BeginCompact>("beginCompact");
  strata::Export<&Session::StepCompact>("stepCompact");
  strata::Export<&Session::StopCompact>("stopCompact");
  strata::Export<&Session::Verify>("verify");
  strata::Export<&Session::Stats>("stats");
  strata::Export<&Session::Close>("close");
}
