#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "arguments.h"
#include "call_frame.h"
#include "handles.h"
#include "host_env.h"
#include "strata/database.h"

namespace strata {

// One database as JavaScript sees it: a thin function per core call, on numbers. call_frame.h says how calls
// begin and end.
//
// Collections, read views and cursors are named by handles, which are never used again; a handle that is not
// (or no longer) known is kNotFound or kClosed, whatever JavaScript passes. A `view` of 0 is the state now.
class Session {
 public:
  uintptr_t Input(uint32_t bytes) { return frame_.Input(bytes); }
  uintptr_t ReplyAt() const { return frame_.ReplyAt(); }

  // The names of all error codes, from number 1 on.
  int ErrorNames();

  // Handles count from `first_handle`: those of another instance, which broke, must not be taken for ours.
  int Open(bool strict, bool read_only, bool create, bool refuse_damaged_log, double memory_budget_bytes,
           uint32_t first_handle);
  // Without options (no bytes: see collection_numbers.h) the collection must exist. `indexed_bytes`: a list
  // of texts, each after its u32 size.
  int OpenCollection(uint32_t name_bytes, uint32_t option_bytes, bool all_indexed, uint32_t indexed_bytes);
  int Collections();
  int Drop(uint32_t name_bytes);

  int Write(uint32_t collection, uint32_t float_count, uint32_t head_bytes, uint64_t client, double request,
            bool defer_sync);
  int DeleteWhere(uint32_t collection, uint32_t filter_bytes, uint64_t client, double request,
                  bool defer_sync);
  int SyncLog();

  int Get(uint32_t collection, uint32_t view, uint32_t id_bytes, uint32_t include);
  int Has(uint32_t collection, uint32_t view, uint32_t id_bytes);
  int Count(uint32_t collection, uint32_t view, uint32_t filter_bytes);
  // `parts` tells which of prefix (1), from (2) and to (4) are given; `limit` may be infinite.
  int Scan(uint32_t collection, uint32_t view, uint32_t parts, uint32_t prefix_bytes, uint32_t from_bytes,
           uint32_t to_bytes, uint32_t filter_bytes, double limit, uint32_t include, uint32_t page);
  int ScanNext(uint32_t cursor, uint32_t page);
  // The cursor of the last Scan() or ScanNext(); 0 if its page was the last one.
  uint32_t LastCursor() const { return last_cursor_; }
  void ScanClose(uint32_t cursor) { cursors_.Close(cursor); }

  // `mode`: 0 Search, 1 Explain, 2 SearchMany. From `k` on what js/src/reader.ts lists: `ef_search`,
  // `probes`, `rescore` and `fusion_depth` 0: the default; `radius` infinite: none. `fusion_number` is the
  // constant or the vector's weight, as `fusion` says.
  int Search(uint32_t collection, uint32_t view, uint32_t mode, uint32_t float_count, uint32_t filter_bytes,
             bool has_text, uint32_t text_bytes, uint32_t k, uint32_t ef_search, uint32_t probes,
             double radius, bool exact, uint32_t rescore, uint32_t include, uint32_t fusion,
             double fusion_number, uint32_t fusion_depth);

  int View(uint32_t collection);
  void ViewClose(uint32_t view) { views_.Close(view); }

  // `what` is one of session_search.cc's InspectWhat; `argument` and `layer` mean what the method of
  // js/src/inspect.ts says.
  int Inspect(uint32_t collection, uint32_t what, double argument, uint32_t layer, uint32_t float_count);

  bool HasBackgroundWork();
  int RunBackground(double micros);
  int Flush();
  int BeginCompact();
  int StepCompact(double micros);  // Replies with the share that is done, in millionths.
  void StopCompact();
  int Verify();
  int Stats();
  int Close();

 private:
  struct NamedView {
    uint32_t collection;
    std::shared_ptr<const ReadView> view;
  };
  struct NamedCursor {
    uint32_t collection;
    uint32_t include;
    std::unique_ptr<Cursor> cursor;
  };

  Result<Collection*> FindCollection(uint32_t handle) const;
  // Null for 0.
  Result<const ReadView*> FindView(uint32_t handle, uint32_t collection) const;
  Result<std::shared_ptr<const ReadView>> ShareView(uint32_t handle, uint32_t collection) const;
  Result<Database*> OpenDatabase() const;
  Result<void> WritePage(Reply& reply, uint32_t cursor, uint32_t page);

  HostEnv env_;
  std::unique_ptr<Database> database_;
  std::vector<Collection*> collections_;  // Handle - 1; null after Drop().
  Handles<NamedView> views_;
  Handles<NamedCursor> cursors_;
  uint32_t last_cursor_ = 0;
  CallFrame frame_;
};

}  // namespace strata
