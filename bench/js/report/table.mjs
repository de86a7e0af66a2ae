/** A table in Markdown; all columns but the first are numbers. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i ? "---:" : "---"))), ...rows.map(line)].join("\n");
}

const round = (value, digits) =>
  value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** "median (min–max)", or the median alone where they do not differ as written. */
export function cell(spread, digits = 0) {
  if (!spread) return "–";
  const [median, min, max] = [spread.median, spread.min, spread.max].map((value) => round(value, digits));
  return min === max ? median : `${median} (${min}–${max})`;
}

export const scaled = (spread, factor) =>
  spread && Object.fromEntries(Object.entries(spread).map(([key, value]) => [key, value * factor]));
