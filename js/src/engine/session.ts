/** How calls into WebAssembly begin and end: bindings/wasm/call_frame.h. */
export interface CallFrame {
  /** Address of a buffer of `bytes` bytes for the next call's arguments, or 0 if memory is out. */
  input(bytes: number): number;
  /** Address of two u32: where the last call's reply stands, and its size. A failed call replies with its message. */
  replyAt(): number;
}

/**
 * One database inside one WebAssembly instance: the functions of strata.wasm, which bindings/wasm/bindings.cc declares.
 * Those that return a number return 0 or an error's number.
 */
export interface Session extends CallFrame {
  /** Replies with the names of all errors, from number 1 on. */
  errorNames(): number;

  open(
    strict: boolean,
    readOnly: boolean,
    createIfMissing: boolean,
    refuseDamagedLog: boolean,
    budget: number,
    firstHandle: number,
  ): number;
  /** `optionBytes` 0: none. */
  openCollection(nameBytes: number, optionBytes: number, allIndexed: boolean, indexedBytes: number): number;
  collections(): number;
  drop(nameBytes: number): number;

  write(
    collection: number,
    floats: number,
    headBytes: number,
    client: bigint,
    request: number,
    defer: boolean,
  ): number;
  deleteWhere(
    collection: number,
    filterBytes: number,
    client: bigint,
    request: number,
    defer: boolean,
  ): number;
  syncLog(): number;

  get(collection: number, view: number, idBytes: number, include: number): number;
  has(collection: number, view: number, idBytes: number): number;
  count(collection: number, view: number, filterBytes: number): number;
  scan(
    collection: number,
    view: number,
    parts: number,
    prefixBytes: number,
    fromBytes: number,
    toBytes: number,
    filterBytes: number,
    limit: number,
    include: number,
    page: number,
  ): number;
  scanNext(cursor: number, page: number): number;
  /** The cursor of the last scan or scanNext; 0 when its page was the last. */
  lastCursor(): number;
  scanClose(cursor: number): void;

  search(
    collection: number,
    view: number,
    mode: number,
    floats: number,
    filterBytes: number,
    hasText: boolean,
    textBytes: number,
    ...numbers: readonly number[]
  ): number;

  view(collection: number): number;
  viewClose(view: number): void;

  inspect(collection: number, what: number, argument: number, layer: number, floats: number): number;

  hasBackgroundWork(): boolean;
  runBackground(micros: number): number;
  flush(): number;
  beginCompact(): number;
  /** Replies with the share that is done, in millionths. */
  stepCompact(micros: number): number;
  stopCompact(): void;
  verify(): number;
  stats(): number;
  close(): number;
}
