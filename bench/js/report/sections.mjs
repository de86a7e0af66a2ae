// The sections of the page, one function for each shape of results: (suite, entries, plot) -> texts. `plot(name, chart)`
// draws and answers with what shows it.
import { ENGINES } from "../engines.mjs";
import { spreadOf } from "../measure.mjs";
import * as summary from "./summary.mjs";
import { cell, scaled, table } from "./table.mjs";

const { linesOf, pointsOf, rateAt, ratioAt, spreadIn } = summary;
const MB = 1 / 1e6;
const MIDDLE = 0.95;
const HIGH = 0.99;
const RECALL_DRAWN = 0.8; // And above.

const PEERS = ENGINES.map(({ id }) => id).filter((id) => !id.startsWith("strata"));

const nameOf = ({ set, baseCount, dimension, metric }) =>
  `${set}: ${baseCount.toLocaleString("en")} x ${dimension}, ${metric}`;
/** Of our configurations and of batches only some are drawn: the tables have them all. */
const OURS_DRAWN = ["strata", "strata-many", "strata-native"];
const isDrawn = ({ id, isOurs }) => (isOurs ? OURS_DRAWN.includes(id) : !id.endsWith("-many"));
/** An engine is drawn in the same way in every plot. */
const styleOf = ({ id, isOurs }) =>
  isOurs ? OURS_DRAWN.indexOf(id) : PEERS.findIndex((peer) => id.startsWith(peer));
const seriesOf = (lines, points) =>
  lines
    .map((line) => ({ label: line.title, isOurs: line.isOurs, style: styleOf(line), points: points(line) }))
    .filter((one) => one.points.length > 0);
/** Points with the spread of their y, of [x, spread or undefined]. */
const spreadPoints = (pairs) =>
  pairs
    .filter(([, spread]) => spread && spread.min > 0)
    .map(([x, { median, min, max }]) => ({ x, y: median, low: min, high: max }));
const titleOf = ({ title, isOurs }) => (isOurs ? `**${title}**` : title);
const byRate = (lines, label) =>
  [...lines].sort(
    (a, b) => (rateAt(b, MIDDLE, label)?.median ?? 0) - (rateAt(a, MIDDLE, label)?.median ?? 0),
  );

export function curvesSection(suite, entries, plot) {
  return entries.flatMap((entry) => {
    const lines = linesOf(entry);
    const ours = lines.find(({ id }) => id === "strata");
    const sorted = byRate(lines);
    const chart = plot(`${suite}-${entry.set}`, {
      title: nameOf(entry),
      subtitle: `${entry.machine.node}; one thread; bars from the slowest to the fastest pair`,
      x: { label: "recall@10", scale: "recall" },
      y: { label: "queries per second of processor time", scale: "log" },
      series: seriesOf(sorted.filter(isDrawn), (line) => pointsOf(line).filter(({ x }) => x >= RECALL_DRAWN)),
    });
    const speed = sorted.map((line) => [
      titleOf(line),
      ...[MIDDLE, HIGH].flatMap((recall) => [
        cell(rateAt(line, recall)),
        ours && line !== ours ? cell(ratioAt(ours, line, recall), 2) : "",
      ]),
    ]);
    const rows = entry.engines.map((engine) => {
      const line = { ...engine, isOurs: engine.id.startsWith("strata") };
      const memory = spreadIn(line, "open", "memoryBytes");
      return [
        titleOf(line),
        cell(spreadIn(line, "build", "cpuSeconds"), 1),
        cell(scaled(spreadIn(line, "build", "peakBytes"), MB)),
        cell(spreadIn(line, "open", "openMillis")),
        cell(scaled(memory, MB)),
        cell(scaled(memory, 1 / entry.baseCount)),
        cell(scaled(spreadIn(line, "build", "diskBytes"), MB), 1),
        engine.settings.replaceAll("|", "/"),
      ];
    });
    return [
      `### ${nameOf(entry)}`,
      chart,
      table(["", "q/s at 0.95", "StrataDB / it", "q/s at 0.99", "StrataDB / it"], speed),
      table(
        ["", "build, s", "its peak, MB", "open, ms", "memory, MB", "bytes a vector", "disk, MB", "settings"],
        rows,
      ),
    ];
  });
}

export function filtersSection(suite, entries, plot) {
  return entries.flatMap((entry) => {
    const lines = byRate(linesOf(entry), "none");
    const labels = [
      ...new Set(lines.flatMap(({ pairs }) => pairs.flatMap(({ curves }) => Object.keys(curves)))),
    ];
    const shareOf = (label) => (label === "none" ? 1 : Number.parseFloat(label) / 100);
    const chart = plot(`${suite}-${entry.set}`, {
      title: `Filtered, ${nameOf(entry)}`,
      subtitle: `at recall@10 = ${MIDDLE} among the rows that match`,
      x: { label: "share of rows that match", scale: "log" },
      y: { label: "queries per second of processor time", scale: "log" },
      series: seriesOf(lines.filter(isDrawn), (line) =>
        spreadPoints(labels.map((label) => [shareOf(label), rateAt(line, MIDDLE, label)])),
      ),
    });
    const rows = lines.map((line) => {
      const points = line.pairs.flatMap(({ curves }) => Object.values(curves).flat());
      const short = points.reduce((sum, point) => sum + point.short, 0);
      const asked = points.reduce((sum, point) => sum + point.queries, 0);
      return [
        titleOf(line),
        ...labels.map((label) => cell(rateAt(line, MIDDLE, label))),
        `${short} of ${asked}`,
      ];
    });
    const head = [
      "q/s at recall 0.95",
      ...labels.map((label) => (label === "none" ? "no filter" : label)),
      "answers too short",
    ];
    return [
      `### ${nameOf(entry)}`,
      "The filter is `slice < n`, which says nothing about where a row lies. An answer is too short that has fewer hits than " +
        "min(k, matches). A dash: recall 0.95 was not reached.",
      chart,
      table(head, rows),
    ];
  });
}

export function growthSection(suite, entries, plot) {
  const lines = entries.flatMap((entry) =>
    linesOf(entry).map((line) => ({ ...line, rows: entry.baseCount })),
  );
  const all = [...new Set(lines.map(({ id }) => id))];
  // A batch is the same index as one query at a time.
  const engines = all.filter((id) => !id.endsWith("-many"));
  const of = (id) => lines.filter((line) => line.id === id);
  const chart = (name, title, label, ids, figure) =>
    plot(`${suite}-${name}`, {
      title,
      subtitle: "clustered rows of 128 dimensions (bench/js/clustered.mjs)",
      x: { label: "rows", scale: "log" },
      y: { label, scale: "log" },
      series: seriesOf(
        ids.map((id) => of(id)[0]),
        ({ id }) => spreadPoints(of(id).map((line) => [line.rows, figure(line)])),
      ),
    });
  const head = ["", ...entries.map(({ baseCount }) => baseCount.toLocaleString("en"))];
  const figures = (ids, figure, digits) =>
    table(
      head,
      ids.map((id) => [
        titleOf(of(id)[0]),
        ...entries.map(({ baseCount }) =>
          cell(figure(of(id).find(({ rows }) => rows === baseCount) ?? { pairs: [] }), digits),
        ),
      ]),
    );
  const rate = (line) => rateAt(line, MIDDLE);
  const built = (line) => spreadIn(line, "build", "cpuSeconds");
  const memory = (line) => scaled(spreadIn(line, "open", "memoryBytes"), MB);
  return [
    chart("qps", "Queries per second at recall@10 = 0.95", "queries per second", all, rate),
    "Queries per second at recall 0.95, by rows:",
    figures(all, rate),
    chart("build", "Build", "seconds of processor time", engines, built),
    "Build, seconds of processor time, by rows:",
    figures(engines, built, 1),
    "Memory, MB, by rows:",
    figures(engines, memory),
  ];
}

export function scanSection(suite, entries) {
  return entries.flatMap((entry) => {
    const [{ rates, recall, bytesPerScan }] = entry.runs;
    const rows = Object.keys(rates).map((way) => {
      const rate = spreadOf(summary.scanRates(entry, way));
      return [
        way === "read loop" ? "a plain loop over as many bytes" : way,
        cell(rate, 1),
        cell(scaled(rate, bytesPerScan / 1e9), 2),
        cell(summary.scanShare(entry, way), 2),
        recall[way]?.toFixed(4) ?? "",
      ];
    });
    return [
      `### ${nameOf(entry)}`,
      "Every row is compared with the query, all vectors cached. GB/s count the full vectors also where codes are read.",
      table(["", "scans per second", "GB/s", "/ read loop", "recall@10"], rows),
    ];
  });
}

export function chromiumSection(suite, entries) {
  return entries.flatMap((entry) => {
    const lines = summary.chromiumLines(entry);
    const peers = lines.filter((line) => !line.startsWith("StrataDB"));
    const rows = lines.map((line) => {
      const engine = line.split(": ")[0];
      const builds = entry.runs.flatMap((run) =>
        run.engines.filter((one) => one.engine === engine).map(({ seconds }) => seconds),
      );
      return [
        peers.includes(line) ? line : `**${line}**`,
        ...[0, 1].flatMap((index) => [
          cell(summary.chromiumRate(entry, line, index)),
          cell(summary.chromiumRate(entry, line, index, "clockQps")),
          ...peers.map((peer) =>
            line === peer ? "" : cell(summary.chromiumRatio(entry, line, peer, index), 2),
          ),
        ]),
        cell(spreadOf(builds), 1),
      ];
    });
    const head = [MIDDLE, HIGH].flatMap((recall) => [
      `q/s at ${recall}`,
      "by the clock",
      ...peers.map((peer) => `/ ${peer.split(":")[0]}`),
    ]);
    return [
      `### ${nameOf(entry)}`,
      `${entry.machine.chromium}, ${entry.runs[0].wasm.join(", ")}; at the smallest effort that reaches the recall.`,
      table(["", ...head, "build, s"], rows),
    ];
  });
}
