// How the benchmarks measure: processor time of this process, medians of several rounds.

/** Seconds of processor time that `work` took. */
export async function processorSeconds(work) {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The first point of a curve [{ recall }] that reaches the recall asked for, or undefined. */
export const firstReaching = (curve, recall) => curve.find((point) => point.recall >= recall);

/** The points of a curve that no other beats in recall and in speed, by recall. */
export const frontier = (curve) =>
  curve
    .filter((point) => !curve.some((other) => other.recall >= point.recall && other.qps > point.qps))
    .sort((a, b) => a.recall - b.recall);

/** { median, min, max } of numbers, or undefined where there are none. */
export const spreadOf = (values) =>
  values.length === 0
    ? undefined
    : { median: median(values), min: Math.min(...values), max: Math.max(...values) };

/**
 * Queries per second at the recall asked for, between the measured points of a curve [{ recall, qps }]; null if no point
 * reaches it.
 */
export function qpsAtRecall(curve, recall) {
  const points = frontier(curve);
  const above = points.findIndex((point) => point.recall >= recall);
  if (above < 0) return null;
  // Points past the first that reach it can only be slower; those before it do not count.
  const best = Math.max(...points.slice(above).map((point) => point.qps));
  if (above === 0) return best;
  const low = points[above - 1];
  const high = points[above];
  if (high.recall === low.recall) return best;
  const share = (recall - low.recall) / (high.recall - low.recall);
  return Math.max(best, Math.exp(Math.log(low.qps) * (1 - share) + Math.log(high.qps) * share));
}
