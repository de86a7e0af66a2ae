import { open } from "../../node/index.js";
import type { Command } from "../command.js";
import { EXIT_DAMAGED } from "../exit_status.js";
import { printJson } from "../output.js";
import { ProgressBar } from "../progress_bar.js";

export const verifyCommand: Command = {
  name: "verify",
  summary: "reads every byte and checks it",
  usage: `usage: stratadb verify DIRECTORY [--json]

Exit status 0 if all is well, 4 if something is damaged.`,
  positionals: ["DIRECTORY"],
  options: {},
  async run(line, signal) {
    const json = line.flag("json");
    await using db = await open(line.at("DIRECTORY"), { readOnly: true });
    const bar = new ProgressBar("verify", json);
    const damages = await db.verify({ signal, onProgress: (done) => bar.update(done) });
    bar.end();
    const { logDamaged, logBytesDropped } = db.recovery;
    if (json) {
      printJson({ damages, logDamaged, logBytesDropped });
    } else {
      for (const damage of damages) console.log(`file ${damage.file}: ${damage.message}`);
      if (logDamaged) console.log(`log: damaged before its end, ${logBytesDropped} bytes cannot be used`);
      if (damages.length === 0 && !logDamaged) console.log("no damage found");
    }
    return damages.length === 0 && !logDamaged ? 0 : EXIT_DAMAGED;
  },
};
