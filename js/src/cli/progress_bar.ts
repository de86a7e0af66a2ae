const BAR_CHARACTERS = 30;
const REDRAW_MILLIS = 100;

/** A bar on stderr with the part done and the time left. Draws nothing where stderr is not a terminal. */
export class ProgressBar {
  readonly #label: string;
  readonly #started = performance.now();
  readonly #visible: boolean;
  #drawnAt = 0;

  constructor(label: string, quiet = false) {
    this.#label = label;
    this.#visible = !quiet && process.stderr.isTTY === true;
  }

  /** @param done - In [0, 1]; undefined if nobody knows, which leaves the note. */
  update(done: number | undefined, note = ""): void {
    const now = performance.now();
    if (!this.#visible || (now - this.#drawnAt < REDRAW_MILLIS && done !== 1)) return;
    this.#drawnAt = now;
    process.stderr.write(`\r${this.#label} ${done === undefined ? "" : this.#bar(done, now)}${note}\x1b[K`);
  }

  #bar(done: number, now: number): string {
    const filled = Math.round(Math.min(1, Math.max(0, done)) * BAR_CHARACTERS);
    const seconds = (now - this.#started) / 1000;
    const left = done > 0.01 && done < 1 ? `, ${Math.ceil((seconds * (1 - done)) / done)} s left` : "";
    const bar = "#".repeat(filled) + ".".repeat(BAR_CHARACTERS - filled);
    return `[${bar}] ${Math.floor(done * 100)}%${left} `;
  }

  /** Clears the bar. */
  end(): void {
    if (this.#visible) process.stderr.write("\r\x1b[K");
  }
}
