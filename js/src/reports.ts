/** What opening a database found and did. */
export interface RecoveryReport {
  /** There was no database; an empty one was made. */
  created: boolean;
  batchesReplayed: number;
  /** Bytes of the log after its longest good prefix. */
  logBytesDropped: number;
  /** The dropped part held a batch that looks whole: damage, not the torn tail that a power cut leaves. */
  logDamaged: boolean;
  /** One sentence each, for people: damaged indexes set aside, orphaned files removed. */
  notes: string[];
}

/** The state of one collection. */
export interface CollectionStats {
  name: string;
  records: number;
  memtableRecords: number;
  memtableBytes: number;
  segments: number;
  deadRows: number;
  /** Rows in segments whose vector index is ready; other rows are searched exactly. */
  indexedRows: number;
}

/** The state of a database; sizes in bytes. */
export interface DatabaseStats {
  /** Number of the last applied batch. */
  sequence: number;
  /** Number of the last batch that survives power loss. */
  durableSequence: number;
  /** How often the database was opened for writing. */
  epoch: number;
  files: number;
  /** On storage. */
  bytes: number;
  /** Memtables, codes, graphs and cached blocks. */
  memoryBytes: number;
  cacheHits: number;
  cacheMisses: number;
  flushes: number;
  compactions: number;
  indexBuilds: number;
  collections: CollectionStats[];
}

/** A finding of `verify()`. */
export interface Damage {
  file: number;
  message: string;
}
