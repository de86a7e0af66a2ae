import { StrataError } from "../errors.js";
import { describe, integerOption, optionsObject } from "../options.js";
import { readFrontMatter } from "./front_matter.js";

/** A piece of a document that is embedded, stored and found as one record. */
export interface Passage {
  /** The document's: from its front matter, else its first `#` heading, else empty. */
  title: string;
  /** The `##` heading that it stands under; empty before the first one. */
  section: string;
  /** From the front matter. */
  tags: string[];
  /** From the front matter; else empty. */
  topic: string;
  /** Its number within the section, from 1. */
  number: number;
  /** Markdown, without the headings above. */
  text: string;
}

export interface SplitOptions {
  /** A passage is at most this long, unless a single block is longer. Default 900. */
  charactersMax?: number;
}

/**
 * Cuts Markdown into passages of a size that search works well with.
 *
 * The document is split at its `##` headings, each section into blocks at blank lines (a fenced code block is never
 * split, a list or table has no blank lines and so is one block), and blocks are joined in order, with a blank line
 * between them, as long as the passage stays within `charactersMax`.
 */
export function splitMarkdown(markdown: string, options?: SplitOptions): Passage[] {
  if (typeof markdown !== "string") {
    throw new StrataError("INVALID_ARGUMENT", `markdown must be a string, found ${describe(markdown)}`);
  }
  const given = optionsObject("splitMarkdown()", options, ["charactersMax"]);
  const charactersMax = integerOption("charactersMax", given.charactersMax, 900, 1, Number.MAX_SAFE_INTEGER);
  const { values, lines } = readFrontMatter(markdown.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/));
  const { heading, sections } = readSections(lines);
  const document = {
    title: typeof values.title === "string" ? values.title : heading,
    topic: typeof values.topic === "string" ? values.topic : "",
    tags: Array.isArray(values.tags) ? values.tags : [],
  };
  return sections.flatMap(({ section, blocks }) =>
    joinBlocks(blocks, charactersMax).map((text, i) => ({
      ...document,
      tags: [...document.tags],
      section,
      number: i + 1,
      text,
    })),
  );
}

interface Section {
  section: string;
  blocks: string[];
}

/** Splits lines into sections and those into blocks; `heading` is the document's first `#` heading. */
function readSections(lines: readonly string[]): { heading: string; sections: Section[] } {
  let heading = "";
  let current: Section = { section: "", blocks: [] };
  const sections = [current];
  let block: string[] = [];
  let fence = "";
  const endBlock = (): void => {
    if (block.length > 0) current.blocks.push(block.join("\n"));
    block = [];
  };
  for (const line of lines) {
    const marker = /^\s*(`{3,}|~{3,})(.*)$/.exec(line);
    if (fence !== "") {
      block.push(line);
      // Closed by at least as many of the same character, and nothing else on the line.
      if (marker?.[1]!.startsWith(fence) && marker[2]!.trim() === "") fence = "";
      continue;
    }
    const title = /^(#{1,2})\s+(.*?)(?:\s+#+)?\s*$/.exec(line);
    if (title?.[1] === "##") {
      endBlock();
      current = { section: title[2]!, blocks: [] };
      sections.push(current);
    } else if (
      title &&
      heading === "" &&
      sections.length === 1 &&
      current.blocks.length + block.length === 0
    ) {
      heading = title[2]!;
    } else if (line.trim() === "") {
      endBlock();
    } else {
      if (marker) fence = marker[1]!;
      block.push(line);
    }
  }
  endBlock();
  return { heading, sections };
}

function joinBlocks(blocks: readonly string[], charactersMax: number): string[] {
  const texts: string[] = [];
  for (const block of blocks) {
    const last = texts.at(-1);
    const joined = last === undefined ? block : `${last}\n\n${block}`;
    if (last !== undefined && joined.length <= charactersMax) texts[texts.length - 1] = joined;
    else texts.push(block);
  }
  return texts;
}
