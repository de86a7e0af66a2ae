import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A path that does not exist yet, in a folder that goes away after the test. */
export function freshPath(test) {
  const folder = mkdtempSync(join(tmpdir(), "strata-test-"));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "db");
}
