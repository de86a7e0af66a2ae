import { StrataError } from "../../errors.js";
import { open } from "../../node/index.js";
import type { Command } from "../command.js";
import { printJson, printRecord } from "../output.js";

export const getCommand: Command = {
  name: "get",
  summary: "one record by its id",
  usage: `usage: stratadb get DIRECTORY COLLECTION ID [--string-ids] [--json]

  --string-ids   ID is a string even if it looks like a number`,
  positionals: ["DIRECTORY", "COLLECTION", "ID"],
  options: { "string-ids": { type: "boolean" } },
  async run(line) {
    await using db = await open(line.at("DIRECTORY"), { readOnly: true });
    const collection = await db.collection(line.at("COLLECTION"));
    const id = line.id(line.at("ID"));
    const record = await collection.get(id);
    if (!record) throw new StrataError("NOT_FOUND", `there is no record ${JSON.stringify(id)}`);
    if (line.flag("json")) printJson(record);
    else printRecord(record);
    return 0;
  },
};
