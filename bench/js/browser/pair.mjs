// One pair of runs: builds everything once, in a browser and a profile of its own, looks for the smallest efSearch of
// each engine that reaches a recall, and times all lines there. What else the machine does falls on all engines alike,
// because within a round they take turns.
import { firstReaching } from "../measure.mjs";
import { inBenchPage } from "./bench_page.mjs";
import { secondsRun } from "./processor_time.mjs";

export const RECALLS = [0.95, 0.99];
const EFS = [10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 256, 384, 512];

/** The first point that reaches each recall, trying one efSearch after the other. */
async function sweep(run) {
  const curve = [];
  for (const efSearch of EFS) {
    curve.push(await run(efSearch));
    if (firstReaching(curve, Math.max(...RECALLS))) break;
  }
  return { curve, points: RECALLS.map((recall) => firstReaching(curve, recall)) };
}

/**
 * @returns `set`; `engines`, each with its build's seconds and its curve, the peers last, which have no worker; `rounds`,
 * each with a list per line (engine and way of asking): for each of RECALLS a point, or null if none reaches it.
 */
export function measurePair(name, { rows, rounds: roundCount, peers }, progress) {
  return inBenchPage(async (page, processes) => {
    /** A point: `qps` of the whole browser's processor time where that can be known, `clockQps` as the page sees it. */
    async function run(engine, way, efSearch) {
      const before = secondsRun(processes);
      const args = [engine, way, efSearch];
      const { searches, seconds } = await page.evaluate((given) => globalThis.bench.run(...given), args);
      const cpu = secondsRun(processes) - before;
      const recall = await page.evaluate(() => globalThis.bench.recall());
      return { efSearch, recall, qps: searches / (cpu || seconds), clockQps: searches / seconds };
    }
    const { ways: waysOf, ...set } = await page.evaluate(
      (args) => globalThis.bench.load(...args),
      [name, rows, peers],
    );
    const engines = [];
    for (const [engine, ways] of waysOf) {
      const before = secondsRun(processes);
      const clock = await page.evaluate((which) => globalThis.bench.build(which), engine);
      const seconds = secondsRun(processes) - before || clock;
      progress(`${engine} built in ${seconds.toFixed(1)} s`);
      // All ways lead to the same answers, so one of them serves for finding efSearch.
      engines.push({ engine, ways, seconds, ...(await sweep((efSearch) => run(engine, ways[0], efSearch))) });
    }
    const rounds = [];
    for (let i = 0; i < roundCount; i++) {
      const round = {};
      for (const { engine, ways, points } of engines) {
        for (const way of ways) {
          const line = (round[`${engine}: ${way}`] = []);
          for (const point of points) line.push(point ? await run(engine, way, point.efSearch) : null);
        }
      }
      rounds.push(round);
      progress(`round ${i + 1} of ${roundCount}`);
    }
    await page.evaluate(() => globalThis.bench.close());
    return { set, engines, rounds };
  });
}
