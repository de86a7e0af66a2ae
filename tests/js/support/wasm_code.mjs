// Counts the SIMD instructions of a WebAssembly module by walking its code section, instruction by instruction
// (WebAssembly Core Specification 2.0 with the relaxed SIMD and exception handling proposals, binary format).

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }
  byte() {
    return this.bytes[this.at++];
  }
  /** LEB128; only unsigned values are used, signed ones are merely passed over. */
  leb() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }
  lebs(count) {
    for (let i = 0; i < count; i++) this.leb();
  }
}

const MEMORY_ARGUMENT = 2;
/** f32x4.add, .sub, .mul; i32x4.add, .dot_i16x8_s. */
const ARITHMETIC = new Set([0xe4, 0xe5, 0xe6, 0xae, 0xba]);

/**
 * { instructions, simd, arithmetic, relaxed } over all functions, where `arithmetic` are the SIMD instructions that sums
 * of products are made of. Throws at an instruction it does not know.
 */
export function functionBodies(bytes) {
  const reader = new Reader(bytes);
  reader.at = 8;
  const counts = { instructions: 0, simd: 0, arithmetic: 0, relaxed: 0 };
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const size = reader.leb();
    const end = reader.at + size;
    if (id === 10) {
      const count = reader.leb();
      for (let i = 0; i < count; i++) walkFunction(reader, counts);
    }
    reader.at = end;
  }
  return counts;
}

function walkFunction(reader, counts) {
  const size = reader.leb();
  const end = reader.at + size;
  const groups = reader.leb();
  for (let i = 0; i < groups; i++) {
    reader.leb();
    reader.byte();
  }
  while (reader.at < end) {
    counts.instructions++;
    walkInstruction(reader, counts);
  }
}

function walkInstruction(reader, counts) {
  const code = reader.byte();
  if (code === 0xfd) return walkSimd(reader, counts);
  if (code === 0xfc) return walkMisc(reader);
  if (code <= 0x01 || code === 0x05 || code === 0x0b || code === 0x0f || code === 0x19 || code === 0x0a)
    return;
  if (code >= 0x02 && code <= 0x04) return reader.lebs(1); // block, loop, if
  if (code === 0x06) return reader.lebs(1); // try
  if (code === 0x07 || code === 0x08 || code === 0x09 || code === 0x18) return reader.lebs(1); // catch, throw, rethrow, delegate
  if (code === 0x0c || code === 0x0d || code === 0x10 || code === 0xd2) return reader.lebs(1);
  if (code === 0x0e) return reader.lebs(reader.leb() + 1); // br_table
  if (code === 0x11) return reader.lebs(2);
  if (code === 0x1a || code === 0x1b) return; // drop, select
  if (code === 0x1c) return reader.lebs(reader.leb());
  if (code >= 0x20 && code <= 0x26) return reader.lebs(1);
  if (code >= 0x28 && code <= 0x3e) return reader.lebs(MEMORY_ARGUMENT);
  if (code === 0x3f || code === 0x40) return reader.lebs(1);
  if (code === 0x41 || code === 0x42) return reader.lebs(1);
  if (code === 0x43) return void (reader.at += 4);
  if (code === 0x44) return void (reader.at += 8);
  if (code >= 0x45 && code <= 0xc4) return;
  if (code === 0xd0) return reader.lebs(1);
  if (code === 0xd1) return;
  throw new Error(`unknown instruction 0x${code.toString(16)} at byte ${reader.at - 1}`);
}

function walkSimd(reader, counts) {
  const code = reader.leb();
  counts.simd++;
  if (ARITHMETIC.has(code)) counts.arithmetic++;
  if (code >= 0x100) counts.relaxed++;
  else if (code <= 0x0b || code === 0x5c || code === 0x5d) reader.lebs(MEMORY_ARGUMENT);
  else if (code === 0x0c || code === 0x0d)
    reader.at += 16; // v128.const, i8x16.shuffle
  else if (code >= 0x15 && code <= 0x22)
    reader.at += 1; // lanes
  else if (code >= 0x54 && code <= 0x5b) {
    reader.lebs(MEMORY_ARGUMENT);
    reader.at += 1;
  }
}

function walkMisc(reader) {
  const code = reader.leb();
  if (code <= 7) return; // saturating truncations
  if (code === 8 || code === 10 || code === 12 || code === 14) return reader.lebs(2);
  if (code === 9 || code === 11 || code === 13 || (code >= 15 && code <= 17)) return reader.lebs(1);
  throw new Error(`unknown instruction 0xfc ${code} at byte ${reader.at}`);
}
