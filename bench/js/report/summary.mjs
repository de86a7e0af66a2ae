// From results to figures: everything the page, its plots and its bars are made of.
import { frontier, median, qpsAtRecall, spreadOf } from "../measure.mjs";

/** The engines of an entry as lines { id, title, isOurs, pairs }; searching many at once is a line of its own. */
export function linesOf(entry) {
  return entry.engines.flatMap((engine) => {
    const line = { ...engine, isOurs: engine.id.startsWith("strata") };
    const many = (curve) =>
      curve.filter((point) => point.manyQps !== undefined).map((point) => ({ ...point, qps: point.manyQps }));
    const hasMany = engine.pairs.some((pair) => many(pair.curves.all ?? []).length > 0);
    if (!hasMany) return [line];
    const pairs = engine.pairs.map((pair) => ({ ...pair, curves: { all: many(pair.curves.all) } }));
    return [line, { ...line, id: `${engine.id}-many`, title: `${engine.title}, many at once`, pairs }];
  });
}

/** Queries per second at `recall` in each pair, null where it is not reached. */
const ratesAt = (line, recall, label = "all") =>
  line.pairs.map((pair) => qpsAtRecall(pair.curves[label] ?? [], recall));

export const rateAt = (line, recall, label) =>
  spreadOf(ratesAt(line, recall, label).filter((rate) => rate !== null));

/** How many times `line` does what `other` does, pair by pair. */
export function ratioAt(line, other, recall, label, otherLabel = label) {
  const others = ratesAt(other, recall, otherLabel);
  return spreadOf(
    ratesAt(line, recall, label)
      .map((rate, i) => (rate !== null && others[i] ? rate / others[i] : null))
      .filter((ratio) => ratio !== null),
  );
}

/** The spread of a figure of the builds or the openings, where an engine has it. */
export const spreadIn = (line, part, field) =>
  spreadOf(
    line.pairs.map((pair) => pair[part]?.[field]).filter((value) => value !== undefined && value !== null),
  );

/** Ratio of two lines' figures, by their medians: not every engine builds in every pair. */
export function ratioIn(line, other, part, field) {
  const [a, b] = [line, other].map((one) => spreadIn(one, part, field));
  return a && b ? { median: a.median / b.median, min: a.min / b.max, max: a.max / b.min } : undefined;
}

/** A curve for a plot: of each effort the medians over all pairs, those of them that no other point beats. */
export function pointsOf(line, label = "all") {
  const efforts = new Map();
  for (const { curves } of line.pairs) {
    for (const point of curves[label] ?? []) {
      if (!efforts.has(point.effort)) efforts.set(point.effort, []);
      efforts.get(point.effort).push(point);
    }
  }
  const points = [...efforts.values()].map((same) => {
    const rates = spreadOf(same.map((point) => point.qps));
    return {
      recall: median(same.map((point) => point.recall)),
      qps: rates.median,
      low: rates.min,
      high: rates.max,
    };
  });
  return frontier(points).map(({ recall, qps, low, high }) => ({ x: recall, y: qps, low, high }));
}

/** The rounds of a suite that has `runs`, by name of the line: of scans their rates, of Chromium its points at a recall. */
export const scanRates = (entry, way) => entry.runs.flatMap((run) => run.rates[way]);
export const scanShare = (entry, way) =>
  spreadOf(entry.runs.flatMap((run) => run.rates[way].map((rate, i) => rate / run.rates["read loop"][i])));

export const chromiumLines = (entry) => Object.keys(entry.runs[0].rounds[0]);
const chromiumRounds = (entry) => entry.runs.flatMap((run) => run.rounds);
export const chromiumRate = (entry, line, index, field = "qps") =>
  spreadOf(chromiumRounds(entry).flatMap((round) => (round[line][index] ? [round[line][index][field]] : [])));
export const chromiumRatio = (entry, line, other, index) =>
  spreadOf(
    chromiumRounds(entry).flatMap((round) =>
      round[line][index] && round[other][index] ? [round[line][index].qps / round[other][index].qps] : [],
    ),
  );
