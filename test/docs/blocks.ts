// A Markdown text → its code blocks, each with the comment above it that says how it is checked.

export interface Block {
  readonly file: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  readonly language: string;
  /** "output", "config", …; undefined when nobody checks the block. */
  readonly check: string | undefined;
  /** Without the indent of the fence. */
  readonly text: string;
}

export function blocksOf(file: string, markdown: string): readonly Block[] {
  const lines = markdown.split("\n");
  const blocks: Block[] = [];
  for (let index = 0; index < lines.length; index++) {
    const fence = /^(\s*)```(\w*)$/.exec(lines[index] ?? "");
    if (fence === null) continue;
    const [, indent = "", language = ""] = fence;
    const end = lines.findIndex((line, at) => at > index && line === `${indent}\`\`\``);
    if (end < 0) throw new Error(`${file}:${String(index + 1)}: the block does not end`);
    const check = /<!-- (check|generated): ([\w ()]+) -->/.exec(lines[index - 1] ?? "");
    const text = lines.slice(index + 1, end).map((line) => line.slice(indent.length)).join("\n");
    blocks.push({ file, line: index + 1, language, check: check?.[1] === "generated" ? "generated" : check?.[2], text });
    index = end;
  }
  return blocks;
}

/** Blocks by indent of four, which carry no comment: the words of templates/init/README.md. */
export function indentedBlocks(markdown: string): readonly string[] {
  return [...markdown.matchAll(/(?:^|\n)\n((?: {4}.+\n)+)/g)].map((match) => (match[1] ?? "").replace(/^ {4}/gm, ""));
}

/** Commands of a shell block, without prompts and comments. */
export const commandsIn = (text: string): readonly string[] => text.split("\n").map((line) => line.replace(/^\$ /, "").replace(/\s+#.*$/, "").trim()).filter((line) => line !== "");
