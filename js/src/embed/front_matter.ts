/** The values of a document's front matter, and the lines after it. */
export interface FrontMatter {
  values: Record<string, string | string[]>;
  lines: string[];
}

/**
 * Reads front matter between two `---` lines at the top: the part of YAML that is used there, which is `key: value`,
 * `key: [a, b]`, and a key with a list of `- item` lines below it; values may be quoted. Other lines are passed over. A
 * document without front matter, or whose front matter does not end, is all text.
 */
export function readFrontMatter(lines: string[]): FrontMatter {
  const values: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  const end =
    lines[0]?.trimEnd() === "---"
      ? lines.findIndex((line, i) => i > 0 && /^(---|\.\.\.)\s*$/.test(line))
      : -1;
  if (end < 0) return { values, lines };
  let list: string[] | null = null;
  for (const line of lines.slice(1, end)) {
    const item = /^\s*-\s+(.*)$/.exec(line);
    if (item) {
      list?.push(unquote(item[1]!));
      continue;
    }
    list = null;
    const pair = /^([\w-]+):\s*(.*)$/.exec(line);
    if (!pair) continue;
    const [, key, value] = pair as unknown as [string, string, string];
    const inBrackets = /^\[(.*)\]\s*$/.exec(value);
    if (inBrackets)
      values[key] = inBrackets[1]!
        .split(",")
        .map(unquote)
        .filter((entry) => entry !== "");
    else if (value.trim() === "") values[key] = list = [];
    else values[key] = unquote(value);
  }
  return { values, lines: lines.slice(end + 1) };
}

function unquote(value: string): string {
  const trimmed = value.trim();
  return /^(["']).*\1$/.test(trimmed) && trimmed.length > 1 ? trimmed.slice(1, -1) : trimmed;
}
