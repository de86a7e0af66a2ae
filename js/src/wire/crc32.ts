let table: Uint32Array | undefined;

function makeTable(): Uint32Array {
  const made = new Uint32Array(256);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    made[n] = c;
  }
  return made;
}

/** The CRC-32 of zlib and PNG (ISO-HDLC), for exports: any other program can check it. */
export class Crc32 {
  #state = 0xffffffff;

  add(bytes: Uint8Array): this {
    table ??= makeTable();
    let state = this.#state;
    for (const byte of bytes) state = (state >>> 8) ^ table[(state ^ byte) & 255]!;
    this.#state = state >>> 0;
    return this;
  }

  /** 8 lower-case hexadecimal digits. */
  hex(): string {
    return ((this.#state ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0");
  }
}
