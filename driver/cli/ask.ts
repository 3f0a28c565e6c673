// What to do with work that goes on elsewhere when its driver is told to stop: a person is asked, nobody else is.

import { createInterface } from "node:readline/promises";
import type { Context } from "./context.js";
import { say } from "./present.js";

/** Without a person it goes on: it costs less to come back to it than to do it again. A second Ctrl-C detaches too. */
export async function askDetachOrCancel({ isTerminal }: Pick<Context, "isTerminal">, what: "stage" | "refresh"): Promise<"cancel" | "detach"> {
  if (!isTerminal || !process.stdin.isTTY) return "detach";
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const word = await terminal.question(`\nThe ${what} goes on without this command. Cancel it? [y/N] `);
    return /^y(es)?$/i.test(word.trim()) ? "cancel" : "detach";
  } catch {
    say("");
    return "detach";
  } finally {
    terminal.close();
  }
}
