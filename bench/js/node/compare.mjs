// Engines beside each other on one data set. A pair is one run of all of them: each builds, then all are open at once,
// each in its process, and take turns effort by effort, several rounds of it. So what else the machine does falls on all
// of them alike, and ratios are taken within a pair.
import { join } from "node:path";
import { benchFolder } from "../datasets.mjs";
import { median } from "../measure.mjs";
import { EngineClient } from "./engine_client.mjs";

// Past this recall a curve has shown what it has to.
const RECALL_ENOUGH = 0.998;

/** Points [{ effort, filter }] of every engine in turn, until none has any left. */
async function takeTurns(clients, pointsOf, work) {
  const left = new Map(clients.map((client) => [client, [...pointsOf(client)]]));
  while (left.size > 0) {
    for (const [client, points] of [...left]) {
      const point = points.shift();
      const goOn = point !== undefined && (await work(client, point));
      if (!goOn) left.delete(client);
    }
  }
}

/**
 * @param options - `pairs`; `rounds` of each curve in a pair; `seconds` of a point; `buildSecondsMax`: an engine that took
 *   longer is built once and opened again in later pairs; `runtime`, the Node to run in; `efforts(engine)`; `filters`
 *   [{ label, slice, truth }] if curves are wanted under each; `progress`.
 * @returns { engines: [{ id, title, settings, pairs: [{ build, open, curve }] }], skipped: [{ id, reason }] }
 */
export async function compareEngines(set, engines, options) {
  const { pairs, rounds, seconds, buildSecondsMax, runtime, efforts, filters, progress } = options;
  const skipped = [];
  const results = new Map();
  const firstBuilds = new Map();
  const folderOf = (id) => join(benchFolder, "engines", `${set.name}-${id}`);

  /** Does `work` with each client; those that fail are left out from here on, and it is said. */
  async function withEach(clients, work) {
    const kept = [];
    for (const client of clients) {
      try {
        await work(client);
        kept.push(client);
      } catch (error) {
        await fail(client, error);
      }
    }
    return kept;
  }

  async function fail(client, error) {
    const { engine } = client;
    progress(`SKIPPED: ${engine.id}: ${error.message}`);
    skipped.push({ id: engine.id, reason: error.message });
    results.delete(engine);
    await client.end();
  }

  async function build(client) {
    const { engine } = client;
    if (engines.some(({ id }) => id === engine.builtAs)) return client.copy(folderOf(engine.builtAs));
    const first = firstBuilds.get(engine);
    if (first && first.cpuSeconds >= buildSecondsMax && first.diskBytes !== null) return;
    const built = await client.build(filters !== undefined);
    if (!first) firstBuilds.set(engine, built);
    progress(`${engine.id}: built in ${built.cpuSeconds.toFixed(1)} s`);
    return built;
  }

  async function open(client, built) {
    const { engine } = client;
    const { settings, ...opened } = await client.open();
    if (!results.has(engine))
      results.set(engine, { id: engine.id, title: engine.title, settings, pairs: [] });
    results.get(engine).pairs.push({ build: built, open: opened, curves: new Map() });
  }

  for (let pair = 0; pair < pairs; pair++) {
    const wanted = pair === 0 ? engines : engines.filter((engine) => results.has(engine));
    const made = wanted.map((engine) => new EngineClient(engine, set, folderOf(engine.id), runtime));
    const builds = new Map();
    const built = await withEach(made, async (client) => builds.set(client, await build(client)));
    let clients = await withEach(built, (client) => open(client, builds.get(client)));
    for (let round = 0; round < rounds; round++) {
      const pointsOf = ({ engine }) =>
        (filters ?? [undefined]).flatMap((filter) => efforts(engine).map((effort) => ({ effort, filter })));
      const done = new Set();
      await takeTurns(clients, pointsOf, async (client, { effort, filter }) => {
        const { engine } = client;
        const label = filter?.label ?? "all";
        if (done.has(`${engine.id} ${label}`)) return true;
        try {
          const point = await client.point(effort, seconds, filter?.slice === undefined ? undefined : filter);
          record(results.get(engine).pairs.at(-1).curves, label, effort, point);
          if (!engine.isGrid && point.recall >= RECALL_ENOUGH) done.add(`${engine.id} ${label}`);
          return true;
        } catch (error) {
          await fail(client, error);
          clients = clients.filter((one) => one !== client);
          return false;
        }
      });
      progress(`pair ${pair + 1} of ${pairs}, round ${round + 1} of ${rounds}`);
    }
    for (const client of clients) await client.end();
  }
  return { engines: [...results.values()].map(plain), skipped };
}

/** Keeps a point under its curve and effort, with all its rounds. */
function record(curves, label, effort, { recall, short, queries, ...rates }) {
  if (!curves.has(label)) curves.set(label, new Map());
  const points = curves.get(label);
  if (!points.has(effort)) points.set(effort, { effort, recall, short, queries, rounds: [] });
  points.get(effort).rounds.push(rates);
}

/** A result as JSON has it: of each point the medians of its rounds. */
const plain = (result) => ({
  ...result,
  pairs: result.pairs.map(({ build, open, curves }) => ({
    build,
    open,
    curves: Object.fromEntries(
      [...curves].map(([label, points]) => [
        label,
        [...points.values()].map(({ rounds, ...point }) => {
          const of = (field) => rounds.map((round) => round[field]).filter((value) => value !== undefined);
          const rates = ["qps", "clockQps", "manyQps"].filter((field) => of(field).length > 0);
          return {
            ...point,
            ...Object.fromEntries(rates.map((field) => [field, Number(median(of(field)).toFixed(1))])),
          };
        }),
      ]),
    ),
  })),
});
