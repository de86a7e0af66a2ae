import { open } from "../../node/index.js";
import type { ScanOptions } from "../../options.js";
import type { Command } from "../command.js";
import { drained, printJson, printRecord } from "../output.js";

export const scanCommand: Command = {
  name: "scan",
  summary: "records in the order of their ids",
  usage: `usage: stratadb scan DIRECTORY COLLECTION [options] [--json]

  --filter F     only records that match, for example "year >= 1990 and tags contains 'db'"
  --prefix P     only string ids that begin with P
  --from ID      first id (inclusive)
  --to ID        last id (exclusive)
  --limit N      at most N records
  --vectors      with their vectors
  --string-ids   ids are strings even if they look like numbers
  --json         one JSON object a line, which \`stratadb import\` reads`,
  positionals: ["DIRECTORY", "COLLECTION"],
  options: {
    filter: { type: "string" },
    prefix: { type: "string" },
    from: { type: "string" },
    to: { type: "string" },
    limit: { type: "string" },
    vectors: { type: "boolean" },
    "string-ids": { type: "boolean" },
  },
  async run(line, signal) {
    await using db = await open(line.at("DIRECTORY"), { readOnly: true });
    const collection = await db.collection(line.at("COLLECTION"));
    const scan: ScanOptions = {
      signal,
      include: line.flag("vectors") ? ["metadata", "text", "vector"] : ["metadata", "text"],
    };
    const [filter, prefix, from, to] = ["filter", "prefix", "from", "to"].map((name) => line.text(name));
    const limit = line.integer("limit", 0);
    if (filter !== undefined) scan.filter = filter;
    if (prefix !== undefined) scan.prefix = prefix;
    if (from !== undefined) scan.from = line.id(from);
    if (to !== undefined) scan.to = line.id(to);
    if (limit !== undefined) scan.limit = limit;
    for await (const record of collection.scan(scan)) {
      if (line.flag("json")) printJson(record);
      else printRecord(record);
      await drained();
    }
    return 0;
  },
};
