// What the entry points for Node and for browsers have in common: everything but open().
export { StrataError, type ErrorCode } from "./errors.js";
export { Database } from "./database.js";
export { Collection } from "./collection.js";
export { Snapshot } from "./snapshot.js";
export { Inspection, TRACE_KINDS } from "./inspect.js";
export type {
  Codebook,
  GraphLayer,
  KdTreeNodes,
  LshTables,
  LsmInfo,
  MemoryPart,
  MemtableTree,
  Projection,
  SegmentInfo,
  Trace,
} from "./inspect.js";
export type { Filter, FilterCondition, FilterValue } from "./filter.js";
export type { RecordId } from "./ids.js";
export type { JsonValue, Metadata } from "./metadata.js";
export type { VectorInput } from "./vectors.js";
export type {
  CollectionConfig,
  CollectionOptions,
  FlatOptions,
  FusionOptions,
  GetOptions,
  HnswOptions,
  Include,
  IndexOptions,
  KdLshOptions,
  KdTreeOptions,
  LshOptions,
  Metric,
  OpenOptions,
  PqOptions,
  QuantizationOptions,
  RabitqOptions,
  RrfOptions,
  ScanOptions,
  SearchOptions,
  SearchQuery,
  WeightedOptions,
  WorkOptions,
  WriteOptions,
} from "./options.js";
export type {
  Explanation,
  Hit,
  RecordColumns,
  RecordInput,
  RecordPatch,
  SearchCounters,
  SearchManyResult,
  SegmentPlan,
  StoredRecord,
  WriteSummary,
} from "./records.js";
export type { CollectionStats, Damage, DatabaseStats, RecoveryReport } from "./reports.js";
export type { StorageDescription } from "./storage/host_storage.js";
export type { WasmSource } from "./wasm_source.js";
export type { ImportSummary } from "./transfer.js";
