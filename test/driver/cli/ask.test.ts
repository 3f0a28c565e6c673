// What a person answers when he is asked whether work that goes on elsewhere shall be stopped.

import { PassThrough } from "node:stream";
import { afterEach, expect, it, vi } from "vitest";
import { askDetachOrCancel } from "../../../driver/cli/ask.js";

afterEach(() => void vi.restoreAllMocks());

/** The answer to `typed`, and what was asked. */
async function answered(typed: string, isTerminal: boolean): Promise<readonly [answer: string, asked: string]> {
  const [stdin, stderr] = [Object.assign(new PassThrough(), { isTTY: isTerminal }), new PassThrough()];
  vi.spyOn(process, "stdin", "get").mockReturnValue(stdin as unknown as typeof process.stdin);
  vi.spyOn(process, "stderr", "get").mockReturnValue(stderr as unknown as typeof process.stderr);
  stdin.write(typed);
  const answer = await askDetachOrCancel({ isTerminal: true }, "stage");
  return [answer, String(stderr.read() ?? "")];
}

it.each([
  ["y\n", "cancel"],
  [" Yes \n", "cancel"],
  ["\n", "detach"],
  ["yesterday\n", "detach"],
  ["no\n", "detach"],
])("%j at a terminal: %s", async (typed, answer) => {
  expect(await answered(typed, true)).toEqual([answer, expect.stringContaining("The stage goes on without this command. Cancel it? [y/N]")]);
});

it("nobody is asked where input is no terminal", async () => {
  expect(await answered("y\n", false)).toEqual(["detach", ""]);
});
