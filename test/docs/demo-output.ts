// What README.md shows of the demo against what the demo prints: line by line, "…" stands for what is left out.

/** Lines shown that the output lacks, or has in another order. */
export function notPrinted(shown: string, output: string): readonly string[] {
  const printed = output.split("\n").filter((line) => line.trim() !== "");
  let from = 0;
  return shown.split("\n").filter((line) => {
    if (line.trim() === "" || line === "…") return false;
    const pattern = new RegExp(`^${line.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`);
    const at = printed.findIndex((each, index) => index >= from && pattern.test(each));
    if (at >= 0) from = at + 1;
    return at < 0;
  });
}
