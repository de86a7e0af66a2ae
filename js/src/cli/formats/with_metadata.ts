import { badInput, type Row, type RowReader } from "./rows.js";

/** Puts what `lines` says about row i to the vector of row i. Both must have the same number of rows. */
export async function* withMetadata(vectors: RowReader, lines: RowReader, linesName: string): RowReader {
  const said = rowsOf(lines, linesName);
  let done = 0;
  try {
    for await (const { rows, where } of vectors) {
      const joined: Row[] = [];
      for (const { vector } of rows) {
        const { done: ended, value } = await said.next();
        if (ended) badInput(linesName, `it has ${done} records, expected one for each row of the vectors`);
        joined.push({ ...value, vector: vector! });
        done++;
      }
      yield { rows: joined, where };
    }
    if (!(await said.next()).done)
      badInput(linesName, `it has more than ${done} records, which is the number of vectors`);
  } finally {
    await said.return();
  }
}

async function* rowsOf(lines: RowReader, name: string): AsyncGenerator<Row, void, undefined> {
  for await (const { rows } of lines) {
    for (const row of rows) {
      if (row.vector)
        badInput(name, "a record has a vector; it may only tell what belongs to vectors in another file");
      yield row;
    }
  }
}
