import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { splitMarkdown } from "stratadb/embed";

const lessons = fileURLToPath(new URL("../../docs/lessons/", import.meta.url));

describe("splitMarkdown", () => {
  it("makes one passage of each section, with the front matter's title, topic and tags", () => {
    const markdown = [
      "---",
      "title: 'HNSW, a graph'",
      "topic: hnsw",
      'tags: [graph, approximate search, "ef"]',
      "order: 12",
      "---",
      "",
      "# Another title",
      "",
      "## What it is ##",
      "",
      "One.",
      "",
      "Two.",
      "## Next",
      "Three.",
    ].join("\n");
    const document = { title: "HNSW, a graph", topic: "hnsw", tags: ["graph", "approximate search", "ef"] };
    assert.deepEqual(splitMarkdown(markdown), [
      { ...document, section: "What it is", number: 1, text: "One.\n\nTwo." },
      { ...document, section: "Next", number: 1, text: "Three." },
    ]);
  });

  it("reads tags that stand one on a line", () => {
    assert.deepEqual(splitMarkdown("---\ntags:\n  - a\n  - 'b c'\ntopic: t\n---\ntext")[0], {
      title: "", topic: "t", tags: ["a", "b c"], section: "", number: 1, text: "text",
    }); // prettier-ignore
  });

  it("takes the title from the first heading when there is no front matter", () => {
    const [before, after] = splitMarkdown("# Title\r\n\r\nIntroduction\r\n\r\n## Section\r\n\r\nText\r\n");
    assert.deepEqual([before.title, before.section, before.text], ["Title", "", "Introduction"]);
    assert.deepEqual([after.title, after.section, after.text], ["Title", "Section", "Text"]);
  });

  it("joins blocks as long as they stay within the limit, and never cuts one", () => {
    const block = (letter, length) => letter.repeat(length);
    const texts = (...blocks) =>
      splitMarkdown(`## S\n\n${blocks.join("\n\n")}`).map(({ text }) => text.length);
    assert.deepEqual(texts(block("a", 449), block("b", 449)), [900]);
    assert.deepEqual(texts(block("a", 450), block("b", 449)), [450, 449]);
    assert.deepEqual(texts(block("a", 10), block("b", 2000), block("c", 10)), [10, 2000, 10]);
    const numbers = splitMarkdown("## S\n\naa\n\nbb\n\n## T\n\ncc", { charactersMax: 3 }).map(
      ({ number }) => number,
    );
    assert.deepEqual(numbers, [1, 2, 1]);
  });

  it("does not look for headings, blank lines or front matter inside fenced code", () => {
    const code = "```md\n## no heading\n\n~~~\n---\n```";
    assert.deepEqual(
      splitMarkdown(`## S\n\n${code}\n\nafter`, { charactersMax: 1 }).map(({ text }) => text),
      [code, "after"],
    );
    assert.deepEqual(splitMarkdown("## S\n~~~~\n~~~\n## x\n~~~~\n").length, 1);
  });

  it("keeps deeper headings and a fence that never ends as text", () => {
    assert.equal(splitMarkdown("## S\n### Deeper\n```\nopen")[0].text, "### Deeper\n```\nopen");
  });

  it("finds nothing in an empty document, empty sections or front matter alone", () => {
    for (const markdown of ["", "\n\n", "# T", "## S\n\n## T\n", "---\ntitle: x\n---\n"])
      assert.deepEqual(splitMarkdown(markdown), [], JSON.stringify(markdown));
  });

  it("treats front matter that does not end as text, and survives hostile keys", () => {
    assert.equal(splitMarkdown("---\ntitle: x\n\ntext")[0].title, "");
    const [passage] = splitMarkdown("---\n__proto__: [a]\nconstructor: b\n---\ntext");
    assert.deepEqual([passage.title, passage.tags, {}.a], ["", [], undefined]);
  });

  it("cuts a megabyte without a line break in no time", () => {
    assert.equal(splitMarkdown("#".repeat(1 << 20)).length, 1);
    assert.equal(splitMarkdown("a ".repeat(1 << 19)).length, 1);
    assert.equal(splitMarkdown(`# ${" ".repeat(1 << 17)}x`).length, 0);
  });

  it("refuses what is no string or no limit", () => {
    assert.throws(() => splitMarkdown(1), { code: "INVALID_ARGUMENT" });
    assert.throws(() => splitMarkdown("", { charactersMax: 0 }), { code: "INVALID_ARGUMENT" });
    assert.throws(() => splitMarkdown("", { max: 1 }), { code: "INVALID_ARGUMENT" });
  });

  // docs/lessons/README.md promises this of every lesson.
  it("makes passages of 400 to 900 characters of the lessons, with all their metadata", () => {
    const pages = readdirSync(lessons).filter((name) => /^\d.*\.md$/.test(name));
    const passages = pages.flatMap((name) => splitMarkdown(readFileSync(lessons + name, "utf8")));
    assert.ok(passages.length >= 150, `${passages.length} passages`);
    for (const { title, section, topic, tags, text } of passages) {
      assert.ok(title && section && topic && tags.length > 0, section);
      assert.ok(text.length >= 400 && text.length <= 900, `${section}: ${text.length}`);
    }
  });
});
