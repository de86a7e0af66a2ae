/** A table in Markdown; all columns but the first are numbers. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i ? "---:" : "---"))), ...rows.map(line)].join("\n");
}

const round = (value, digits) =>
  value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** "median (min-max)", or the median alone where there is but one value. */
export function cell(spread, digits = 0) {
  if (!spread) return "–";
  const { median, min, max } = spread;
  const middle = round(median, digits);
  return min === max ? middle : `${middle} (${round(min, digits)}–${round(max, digits)})`;
}

export const scaled = (spread, factor) =>
  spread && Object.fromEntries(Object.entries(spread).map(([key, value]) => [key, value * factor]));
