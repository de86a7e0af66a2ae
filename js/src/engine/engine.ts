import { StrataError, throwIfAborted, toStrataError } from "../errors.js";
import type { EngineOptions } from "../options.js";
import type { PackedOptions } from "../pack_options.js";
import type { RecoveryReport } from "../reports.js";
import type { EngineWasm } from "../loader.js";
import type { HostStorage } from "../storage/host_storage.js";
import { packTexts } from "../wire/batch.js";
import { Acknowledger } from "./acknowledger.js";
import { Background } from "./background.js";
import { checkRequest } from "./check_request.js";
import type { CallOptions, EngineClient } from "./client.js";
import { Compactions } from "./compactions.js";
import type { Instance } from "./instance.js";
import type { EngineMethods, MethodName, ScanArgs, SearchArgs, WriteResult } from "./methods.js";
import { RestartingSession } from "./restarting_session.js";
import type { Session } from "./session.js";

type Args<M extends MethodName> = EngineMethods[M]["args"];
type Result<M extends MethodName> = EngineMethods[M]["result"];
type Handlers = {
  [M in MethodName]: (args: Args<M>, options: CallOptions) => Result<M> | Promise<Result<M>>;
};

// The numbers of bindings/wasm/session.h.
const SEARCH = 0;
const EXPLAIN = 1;
const SEARCH_MANY = 2;
const SCAN_PREFIX = 1;
const SCAN_FROM = 2;
const SCAN_TO = 4;

/** The share that stepCompact() replies with when it is done. */
const COMPACT_DONE = 1_000_000;

const NO_BYTES = new Uint8Array(0);
const encoder = new TextEncoder();
const utf8 = (text: string): Uint8Array => (text === "" ? NO_BYTES : encoder.encode(text));

/**
 * One database: a WebAssembly instance over one {@link HostStorage}, in this thread. Requests are carried out in the
 * order of {@link call}, each before `call` returns, except that writes wait to be durable, that a compaction goes on
 * between others, and that background work takes its turn. Everything it is asked comes through `call`; it checks what
 * it is given, since requests may come from another tab.
 */
export class Engine implements EngineClient {
  readonly #storage: HostStorage;
  readonly #session: RestartingSession;
  readonly #background: Background;
  readonly #compactions: Compactions;
  readonly #acknowledger: Acknowledger;
  readonly #collections = new Map<string, number>();
  #recovery!: RecoveryReport;
  #closed = false;

  private constructor(wasm: EngineWasm, storage: HostStorage, options: EngineOptions) {
    this.#storage = storage;
    this.#session = new RestartingSession(wasm, storage, options, () => {
      this.#collections.clear();
      this.#compactions.beginAgain();
    });
    this.#acknowledger = new Acknowledger(storage, options.strict, async () => {
      await this.#session.restarted();
      this.#instance.run((session) => session.syncLog());
    });
    this.#compactions = new Compactions({
      begin: () => this.#instance.run((session) => session.beginCompact()),
      step: (micros) => {
        this.#instance.run((session) => session.stepCompact(micros));
        return this.#instance.replyJson<number>() / COMPACT_DONE;
      },
      stop: () => {
        if (this.#session.usable) this.#instance.ask((session) => session.stopCompact());
      },
    });
    this.#background = new Background({
      // After a break, the next request starts the session again.
      hasBackgroundWork: () =>
        !this.#closed &&
        this.#session.usable &&
        (this.#compactions.due || this.#instance.ask((session) => session.hasBackgroundWork())),
      runBackground: (micros) => {
        if (!this.#session.usable) return false;
        if (this.#compactions.due) {
          this.#compactions.slice(micros);
          return true;
        }
        this.#instance.run((session) => session.runBackground(micros));
        return this.#instance.replyJson<boolean>();
      },
    });
  }

  /**
   * Opens the database in `storage`, which then belongs to the engine and is closed with it, also when opening fails.
   * `CORRUPTION` names file and place; `UNSUPPORTED_FORMAT`; `NOT_FOUND`; `IO_ERROR`; `OUT_OF_MEMORY`.
   */
  static async open(wasm: EngineWasm, storage: HostStorage, options: EngineOptions): Promise<Engine> {
    try {
      const engine = new Engine(wasm, storage, options);
      engine.#recovery = await engine.#session.start();
      engine.#background.wake();
      return engine;
    } catch (error) {
      await storage.close().catch(() => {}); // The first failure is the one to tell.
      throw toStrataError(error);
    }
  }

  call<M extends MethodName>(method: M, args: Args<M>, options: CallOptions = {}): Promise<Result<M>> {
    try {
      if (this.#closed) throw new StrataError("CLOSED", "the database is closed");
      throwIfAborted(options.signal);
      checkRequest(method, args);
      const restarted = method === "close" ? null : this.#session.restarted();
      if (restarted) {
        return restarted.then(() => {
          this.#background.wake();
          return this.call(method, args, options);
        });
      }
      const answer = Promise.resolve(this.#handlers[method](args, options));
      const turn = this.#background.takeTurns();
      // Not `turn.then(() => answer)`: an answer that fails meanwhile would be a rejection that nobody handles.
      return turn ? answer.finally(() => turn) : answer;
    } catch (error) {
      const failure = toStrataError(error);
      const moving = failure.code === "UNSUPPORTED" ? this.#session.moveToSuite() : null;
      return moving ? moving.then(() => this.call(method, args, options)) : Promise.reject(failure);
    }
  }

  readonly #handlers: Handlers = {
    openCollection: ({ name, options }) => {
      const made = this.#openCollection(name, options);
      return options ? this.#acknowledger.written().then(() => made) : made; // It may have been made now.
    },
    collections: () => {
      this.#instance.run((session) => session.collections());
      return this.#instance.replyJson<string[]>();
    },
    drop: async ({ name }) => {
      this.#acknowledger.checkWritable();
      const bytes = utf8(name);
      this.#instance.pass(null, bytes);
      this.#instance.run((session) => session.drop(bytes.length));
      this.#collections.delete(name);
      await this.#acknowledger.written();
      return null;
    },

    write: ({ collection, head, vectors, token }) =>
      this.#write(collection, vectors ?? null, head, (session, handle, defer) =>
        session.write(
          handle,
          vectors?.length ?? 0,
          head.length,
          token?.client ?? 0n,
          token?.request ?? 0,
          defer,
        ),
      ),
    deleteWhere: ({ collection, filter, token }) => {
      const bytes = utf8(filter);
      return this.#write(collection, null, bytes, (session, handle, defer) =>
        session.deleteWhere(handle, bytes.length, token?.client ?? 0n, token?.request ?? 0, defer),
      );
    },

    get: ({ collection, view = 0, ids, include }) =>
      this.#ask(collection, null, [ids], (session, handle) =>
        session.get(handle, view, ids.length, include),
      ).replyBytes(),
    has: ({ collection, view = 0, ids }) =>
      this.#ask(collection, null, [ids], (session, handle) =>
        session.has(handle, view, ids.length),
      ).replyJson<boolean>(),
    count: ({ collection, view = 0, filter }) => {
      const bytes = utf8(filter);
      return this.#ask(collection, null, [bytes], (session, handle) =>
        session.count(handle, view, bytes.length),
      ).replyJson<number>();
    },
    scan: ({ collection, view = 0, scan, page }) => this.#scan(collection, view, scan, page),
    scanNext: ({ cursor, page }) => {
      this.#instance.run((session) => session.scanNext(cursor, page));
      return this.#page(this.#instance);
    },
    scanClose: ({ cursor }) => {
      this.#instance.ask((session) => session.scanClose(cursor));
      return null;
    },

    search: ({ collection, view = 0, query, search }) =>
      this.#search(SEARCH, collection, view, query, search),
    explain: ({ collection, view = 0, query, search }) =>
      this.#search(EXPLAIN, collection, view, query, search),
    searchMany: ({ collection, view = 0, queries, search }) =>
      this.#search(SEARCH_MANY, collection, view, queries, search),

    view: ({ collection }) =>
      this.#ask(collection, null, [], (session, handle) => session.view(handle)).replyJson<Result<"view">>(),
    viewClose: ({ view }) => {
      this.#instance.ask((session) => session.viewClose(view));
      return null;
    },

    inspect: ({ collection, what, argument = 0, layer = 0, query }) =>
      this.#ask(collection, query ?? null, [], (session, handle) =>
        session.inspect(handle, what, argument, layer, query?.length ?? 0),
      ).replyBytes(),

    flush: async () => {
      this.#acknowledger.checkWritable();
      this.#instance.run((session) => session.flush());
      await this.#acknowledger.sync();
      this.#background.wake();
      return null;
    },
    compact: async (_args, options) => {
      this.#acknowledger.checkWritable();
      const compacted = this.#compactions.add(options);
      this.#background.start();
      await compacted;
      await this.#acknowledger.sync();
      return null;
    },
    verify: (_args, options) => {
      this.#long(options, () => this.#instance.run((session) => session.verify()));
      return this.#instance.replyBytes();
    },
    stats: () => {
      this.#instance.run((session) => session.stats());
      return this.#instance.replyBytes();
    },
    opened: () => ({ recovery: this.#recovery, storage: this.#storage.description }),
    close: () => this.#close(),
  };

  get #instance(): Instance<Session> {
    return this.#session.instance;
  }

  #handle(collection: string): number {
    const handle = this.#collections.get(collection);
    if (handle !== undefined) return handle;
    this.#openCollection(collection, undefined);
    return this.#handle(collection);
  }

  /** Makes a call about a collection; the instance that is answered with has the reply. */
  #ask(
    collection: string,
    floats: Float32Array | null,
    parts: readonly Uint8Array[],
    call: (session: Session, handle: number) => number,
  ): Instance<Session> {
    const handle = this.#handle(collection);
    this.#instance.pass(floats, ...parts);
    this.#instance.run((session) => call(session, handle));
    return this.#instance;
  }

  #openCollection(name: string, options: PackedOptions | undefined): PackedOptions {
    const nameBytes = utf8(name);
    const numbers = new Uint8Array(Uint32Array.from(options?.numbers ?? []).buffer);
    const indexed = packTexts(options?.indexed ?? []);
    if (options) this.#acknowledger.checkWritable();
    this.#instance.pass(null, nameBytes, numbers, indexed);
    this.#instance.run((session) =>
      session.openCollection(nameBytes.length, numbers.length, !options?.indexed, indexed.length),
    );
    const { handle, ...opened } = this.#instance.replyJson<PackedOptions & { handle: number }>();
    this.#collections.set(name, handle);
    return opened;
  }

  /** Applies a write now; the promise settles when it is as durable as promised. */
  async #write(
    collection: string,
    floats: Float32Array | null,
    bytes: Uint8Array,
    write: (session: Session, handle: number, defer: boolean) => number,
  ): Promise<WriteResult> {
    this.#acknowledger.checkWritable();
    const result = this.#ask(collection, floats, [bytes], (session, handle) =>
      write(session, handle, true),
    ).replyJson<WriteResult>();
    this.#background.wake();
    await this.#acknowledger.written();
    return result;
  }

  #scan(collection: string, view: number, scan: ScanArgs, page: number): Result<"scan"> {
    const prefix = utf8(scan.prefix ?? "");
    const from = scan.from ?? NO_BYTES;
    const to = scan.to ?? NO_BYTES;
    const filter = utf8(scan.filter);
    const parts =
      (scan.prefix !== undefined ? SCAN_PREFIX : 0) | (scan.from ? SCAN_FROM : 0) | (scan.to ? SCAN_TO : 0);
    return this.#page(
      this.#ask(collection, null, [prefix, from, to, filter], (session, handle) =>
        session.scan(
          handle,
          view,
          parts,
          prefix.length,
          from.length,
          to.length,
          filter.length,
          scan.limit,
          scan.include,
          page,
        ),
      ),
    );
  }

  /** A page of a scan; its reply tells the cursor in a block, so that the page itself passes unopened. */
  #page(instance: Instance<Session>): Result<"scanNext"> {
    const page = instance.replyBytes();
    return { cursor: instance.ask((session) => session.lastCursor()), page };
  }

  #search(mode: number, collection: string, view: number, query: Float32Array, search: SearchArgs) {
    const filter = utf8(search.filter);
    const text = utf8(search.text ?? "");
    return this.#ask(collection, query, [filter, text], (session, handle) =>
      session.search(
        handle,
        view,
        mode,
        query.length,
        filter.length,
        search.text !== undefined,
        text.length,
        ...search.numbers,
      ),
    ).replyBytes();
  }

  /** Runs work that reports progress, stopping it when its signal fires. */
  #long({ signal, onProgress }: CallOptions, run: () => void): void {
    this.#session.progress.report = (done) => {
      onProgress?.(done);
      return signal?.aborted !== true;
    };
    try {
      run();
    } finally {
      this.#session.progress.report = () => true;
    }
  }

  async #close(): Promise<null> {
    this.#closed = true;
    this.#background.stop();
    this.#compactions.close(new StrataError("CLOSED", "the database was closed before the compaction ended"));
    try {
      await this.#acknowledger.drain();
      if (this.#session.usable) this.#instance.run((session) => session.close());
      await this.#storage.durable();
    } finally {
      await this.#storage.close();
    }
    return null;
  }
}
