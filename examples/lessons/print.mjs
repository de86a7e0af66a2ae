// How the example writes to the terminal.

export function heading(text) {
  console.log(`\n${text}\n${"=".repeat(text.length)}`);
}

/** `text` in lines of at most `width` characters, each indented. */
export function wrap(text, indent = "    ", width = 96) {
  const lines = [];
  let line = "";
  for (const word of text.replace(/\s+/g, " ").trim().split(" ")) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else {
      line = line ? `${line} ${word}` : word;
    }
  }
  if (line) lines.push(indent + line);
  return lines.join("\n");
}

export function excerpt(text, characters = 280) {
  const flat = text.replace(/\s+/g, " ").trim();
  return flat.length <= characters ? flat : `${flat.slice(0, flat.lastIndexOf(" ", characters))} …`;
}
