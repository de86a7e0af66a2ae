// Line charts as SVG, readable on light and dark pages alike.

const WIDTH = 960;
const LEGEND_ROW = 21;
const PLOT = { left: 84, right: 624, top: 50, bottom: 420 };
const OURS = "#e11d48";
const COLOURS = ["#2563eb", "#16a34a", "#d97706", "#9333ea", "#0891b2", "#65a30d", "#7c5c3b", "#64748b"];
const DASHES = ["", "7 4", "2 3"];

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2937; }
  .title { font-size: 16px; font-weight: 600; }
  .grid { stroke: #9ca3af; stroke-opacity: 0.35; }
  .line { fill: none; stroke-width: 1.8; }
  .ours { stroke-width: 3.4; }
  .spread { stroke-width: 1; stroke-opacity: 0.55; }
  @media (prefers-color-scheme: dark) { text { fill: #e5e7eb; } .line, .spread { filter: brightness(1.35); } }`;

const escape = (text) => text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]);

/** Ticks 1, 2, 5, 10, ... within [low, high]; of a long range only the powers of ten. */
function logTicks(low, high) {
  const ticks = [];
  const digits = high / low > 1000 ? [1] : [1, 2, 5];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const digit of digits) ticks.push(digit * 10 ** power);
  }
  return ticks.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
}

/** Recall is drawn by what is missing of 1, so that 0.99 and 0.999 are as far apart as 0.9 and 0.99. */
const RECALL = {
  of: (recall) => -Math.log10(Math.max(1 - recall, 0.0008)),
  ticks: () => [0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999],
  label: String,
};
const LOG = {
  of: Math.log10,
  ticks: logTicks,
  label: (value) => (value >= 1 ? value.toLocaleString("en") : String(Number(value.toPrecision(1)))),
};
const SCALES = { recall: RECALL, log: LOG };

/** A function from values of `all` to places between `from` and `to`, with the ticks there. */
function axis(scale, all, from, to) {
  const low = Math.min(...all);
  const high = Math.max(...all);
  const [a, b] = [scale.of(low), scale.of(high)];
  const at = (value) => from + ((scale.of(value) - a) / (b - a || 1)) * (to - from);
  const ticks = scale
    .ticks(low, high)
    .filter((tick) => scale.of(tick) >= a - 1e-9 && scale.of(tick) <= b + 1e-9);
  return { at, ticks };
}

/**
 * @param chart - `title`, `subtitle`, `x` and `y` { label, scale: "recall" or "log" }, and `series`
 *   [{ label, isOurs, style, points: [{ x, y, low, high }] }], whose order is that of the legend; `low` and `high` are drawn as a
 *   thin bar if they are there. Ours are all of one colour, told apart by their dashes; `style` is a number that stands for a
 *   colour and a dash.
 */
export function drawLines({ title, subtitle, x, y, series }) {
  const points = series.flatMap((one) => one.points);
  const across = axis(SCALES[x.scale], points.map((p) => p.x), PLOT.left, PLOT.right); // prettier-ignore
  const up = axis(SCALES[y.scale], points.flatMap((p) => [p.y, p.low ?? p.y, p.high ?? p.y]), PLOT.bottom, PLOT.top); // prettier-ignore
  const place = (n) => n.toFixed(1);
  const out = [];
  for (const tick of across.ticks) {
    const at = place(across.at(tick));
    out.push(`<line class="grid" x1="${at}" x2="${at}" y1="${PLOT.top}" y2="${PLOT.bottom}"/>`);
    out.push(
      `<text x="${at}" y="${PLOT.bottom + 18}" text-anchor="middle">${SCALES[x.scale].label(tick)}</text>`,
    );
  }
  for (const tick of up.ticks) {
    const at = place(up.at(tick));
    out.push(`<line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${at}" y2="${at}"/>`);
    out.push(
      `<text x="${PLOT.left - 8}" y="${Number(at) + 4}" text-anchor="end">${SCALES[y.scale].label(tick)}</text>`,
    );
  }
  series.forEach(({ label, isOurs, style, points: line }, i) => {
    const colours = isOurs ? [OURS] : COLOURS;
    const colour = colours[style % colours.length];
    const dash = DASHES[Math.floor(style / colours.length) % DASHES.length];
    const stroke = `stroke="${colour}" stroke-dasharray="${dash}"`;
    const css = `class="line${isOurs ? " ours" : ""}"`;
    for (const p of line) {
      const at = place(across.at(p.x));
      if (p.low !== undefined) {
        out.push(
          `<line class="spread" stroke="${colour}" x1="${at}" x2="${at}" y1="${place(up.at(p.low))}" y2="${place(up.at(p.high))}"/>`,
        );
      }
      out.push(`<circle cx="${at}" cy="${place(up.at(p.y))}" r="${isOurs ? 3.4 : 2.4}" fill="${colour}"/>`);
    }
    const path = line.map((p) => `${place(across.at(p.x))},${place(up.at(p.y))}`).join(" ");
    out.push(`<polyline ${css} ${stroke} points="${path}"/>`);
    const row = PLOT.top + 8 + LEGEND_ROW * i;
    out.push(
      `<line ${css} ${stroke} x1="${PLOT.right + 16}" x2="${PLOT.right + 42}" y1="${row}" y2="${row}"/>`,
    );
    out.push(`<text x="${PLOT.right + 50}" y="${row + 4}">${escape(label)}</text>`);
  });
  const middle = (PLOT.top + PLOT.bottom) / 2;
  const height = Math.max(PLOT.bottom + 60, PLOT.top + LEGEND_ROW * (series.length + 1));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escape(title)}">
<style>${STYLE}
</style>
<text class="title" x="${PLOT.left}" y="20">${escape(title)}</text>
<text x="${PLOT.left}" y="39">${escape(subtitle)}</text>
${out.join("\n")}
<text x="${(PLOT.left + PLOT.right) / 2}" y="${PLOT.bottom + 42}" text-anchor="middle">${escape(x.label)}</text>
<text x="18" y="${middle}" text-anchor="middle" transform="rotate(-90 18 ${middle})">${escape(y.label)}</text>
</svg>
`;
}
