#pragma once

#include <span>

#include "reply.h"
#include "strata/database.h"
#include "strata/inspect.h"

namespace strata {

// What an Inspector and a Database tell about themselves, in the shapes that js/src/inspect.ts and
// js/src/reports.ts name. Text goes into the JSON, columns of numbers into blocks in the order given.

void WriteSegments(Reply& reply, std::span<const SegmentInfo> segments);
// JSON: ids. Blocks: left, right, height, balance.
void WriteMemtable(Reply& reply, std::span<const MemtableNode> nodes);
void WriteLsm(Reply& reply, const LsmInfo& info);
// Blocks: rows, offsets, links.
void WriteGraph(Reply& reply, const GraphLayer& layer);
// Blocks: kind, layer, from, to, distance, bound, segment.
void WriteTrace(Reply& reply, std::span<const TraceEvent> events);
// JSON: type, dimension. Blocks: minimum, step.
void WriteKdTree(Reply& reply, const KdTreeView& tree);
void WriteLsh(Reply& reply, const LshView& tables);
void WriteCodebook(Reply& reply, const Codebook& codebook);
// JSON: ids. Blocks: points, variance.
void WriteProjection(Reply& reply, const Projection& projection);
void WriteMemory(Reply& reply, std::span<const MemoryPart> parts);

void WritePlans(JsonWriter& json, std::span<const SegmentPlan> plans);
void WriteCounters(JsonWriter& json, const SearchCounters& counters);
void WriteRecovery(JsonWriter& json, const RecoveryReport& report);
void WriteStats(JsonWriter& json, const DatabaseStats& stats);
void WriteDamages(JsonWriter& json, std::span<const Damage> damages);

}  // namespace strata
