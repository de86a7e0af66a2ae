// The bars we set ourselves, and where the results stand to them.
import { RECALLS } from "../browser/pair.mjs";
import { chromiumLines, chromiumRatio, linesOf, rateAt, ratioAt, ratioIn, scanShare } from "./summary.mjs";

const FASHION = "fashion-mnist";
const WORDS = "word2vec-300";
const FAISS_AND_USEARCH = ["faiss-hnsw", "faiss-ivfpq", "faiss-pca-ivfpq", "usearch-f32", "usearch-f16"];

/** `ours` beside `theirs` (one engine, or the best of several) at both recalls. */
const speed = (suite, set, ours, theirs, bar) =>
  RECALLS.map((recall, i) => ({
    what: `${set}, ${suite}: ${ours} / ${theirs.length > 1 ? "the best of FAISS and usearch" : theirs[0]} at recall ${recall}`,
    bar,
    value(entryOf) {
      const entry = entryOf(suite, set);
      if (!entry) return undefined;
      if (suite === "chromium") {
        const lines = chromiumLines(entry);
        const other = lines.find((line) => line.startsWith(theirs[0]));
        return other && chromiumRatio(entry, ours, other, i);
      }
      const lines = linesOf(entry);
      const line = lines.find(({ id }) => id === ours);
      const others = lines.filter(
        ({ id }) =>
          theirs.includes(id) &&
          rateAt(
            lines.find((one) => one.id === id),
            recall,
          ),
      );
      const best = others.sort((a, b) => rateAt(b, recall).median - rateAt(a, recall).median)[0];
      return line && best && ratioAt(line, best, recall);
    },
  }));

const build = (set) => ({
  what: `${set}, node: build rate, strata / hnswlib-native`,
  bar: 1,
  value(entryOf) {
    const lines = linesOf(entryOf("node", set) ?? { engines: [] });
    const [line, other] = ["strata", "hnswlib-native"].map((id) => lines.find((one) => one.id === id));
    return line && other && ratioIn(other, line, "build", "cpuSeconds");
  },
});

const filtered = (set, label) => ({
  what: `${set}: filtered to ${label}, strata / unfiltered at recall 0.95`,
  bar: 0.5,
  value(entryOf) {
    const line = linesOf(entryOf("filters", set) ?? { engines: [] }).find(({ id }) => id === "strata");
    return line && ratioAt(line, line, 0.95, label, "none");
  },
});

const scan = (set, what, way, bar, other) => ({
  what: `${set}: exact scan, ${what}`,
  bar,
  value(entryOf) {
    const entry = entryOf("scan", set);
    if (!entry) return undefined;
    const share = scanShare(entry, way);
    if (!other) return share;
    const base = scanShare(entry, other);
    return { median: share.median / base.median, min: share.min / base.max, max: share.max / base.min };
  },
});

const growth = {
  what: "clustered, 10,000 to 1,000,000 rows: strata keeps of its queries per second at recall 0.95",
  bar: 1 / 3,
  value(entryOf) {
    const [small, large] = ["clustered-10000", "clustered-1000000"].map((set) =>
      linesOf(entryOf("growth", set) ?? { engines: [] }).find(({ id }) => id === "strata"),
    );
    const [a, b] = [small, large].map((line) => line && rateAt(line, 0.95));
    return a && b && { median: b.median / a.median, min: b.min / a.max, max: b.max / a.min };
  },
};

/** [{ what, bar, value(entryOf) }]: `value` is a spread, or undefined where it was not measured; at least `bar` is wanted. */
export const BARS = [
  ...speed("node", FASHION, "strata", ["hnswlib-native"], 1.5),
  ...speed("node", FASHION, "strata", ["hnswlib-node"], 4),
  ...speed("node", WORDS, "strata", ["hnswlib-native"], 0.8),
  ...speed("newer-node", WORDS, "strata", ["hnswlib-native"], 1),
  ...speed("node", WORDS, "strata", ["hnswlib-node"], 2),
  ...speed("chromium", FASHION, "StrataDB, OPFS: searchMany", ["hnswlib-wasm"], 8),
  ...speed("chromium", FASHION, "StrataDB, OPFS: searchMany", ["edgevec"], 8),
  ...[FASHION, WORDS].flatMap((set) => [
    ...speed("node", set, "strata-native", ["hnswlib-native"], 2),
    ...speed("node", set, "strata-native", FAISS_AND_USEARCH, 1.5),
  ]),
  build(FASHION),
  build(WORDS),
  scan(FASHION, "full vectors / a read loop", "full vectors", 0.9),
  scan(FASHION, "codes and rescoring / full vectors", "sq8 codes", 2.5, "full vectors"),
  ...[FASHION, WORDS].flatMap((set) => [filtered(set, "10%"), filtered(set, "1%")]),
  growth,
];
