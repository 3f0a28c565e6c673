// Microsoft's modelling server of Power BI: a program that its user installs and names. Its own parser reads TMDL.
// In: the program and a model's folder. Out: what it loaded, or why it did not. It is asked to read only, and is no part
// of carelake: its terms allow developing and testing with it, and nobody to pass it on.

import { spawn, type ChildProcessByStdio } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { z } from "zod";
import { fail, ok, type Result } from "../problems.js";

export interface LoadedModel {
  readonly tables: number;
  readonly measures: number;
  readonly relationships: number;
}

/** What the parser takes for no model, in its own words, and where. */
export interface Refusal {
  readonly refused: string;
  /** Path below the model's definition, without the file's ending: "tables/State". */
  readonly document?: string;
  readonly line?: number;
}

export interface ModelingOptions {
  readonly program: string;
  /** Folder of the semantic model. */
  readonly folder: string;
  /** Folder that it writes the model to again, in its own layout. */
  readonly exportTo?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly seconds?: number;
}

const WORDS = ["--start", "--readonly"];
const PATIENCE_SECONDS = 60;
const PROTOCOL = "2025-06-18";

const message = z.object({ id: z.number().optional(), result: z.unknown().optional(), error: z.object({ message: z.string() }).optional() });
const toolAnswer = z.object({ content: z.array(z.object({ text: z.string() })).min(1), isError: z.boolean().default(false) });
const said = z.object({ message: z.string(), data: z.unknown().optional() });
const connected = z.object({ connectionName: z.string(), tablesLoaded: z.number(), measuresLoaded: z.number(), relationshipsLoaded: z.number() });

class Refused extends Error {}

/** Problem: modeling-server, when the program does not do what such a server does. */
export async function loadModel({ program, folder, exportTo, env, seconds = PATIENCE_SECONDS }: ModelingOptions): Promise<Result<LoadedModel | Refusal>> {
  const child = spawn(program, WORDS, { stdio: ["pipe", "pipe", "ignore"], env });
  let late: NodeJS.Timeout | undefined;
  const lost = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`it ended with code ${String(code)}`)));
    late = setTimeout(() => reject(new Error(`it did not answer for ${String(seconds)} s`)), seconds * 1000);
  });
  try {
    return ok(await Promise.race([talk(child, { folder, exportTo }), lost]));
  } catch (error) {
    if (error instanceof Refused) return ok(refusalOf(error.message));
    const why = error instanceof z.ZodError ? `its answer has another form: ${error.issues[0]?.message ?? ""}` : error instanceof Error ? error.message : String(error);
    return fail({ code: "modeling-server", program, message: why });
  } finally {
    clearTimeout(late);
    // A server ends with its input, and so does what it may have started itself; one that did not answer may need more.
    child.stdin.end();
    child.stdout.destroy();
    child.kill();
  }
}

/** The parser tells a wrong line in parts; what it finds wrong between files is one text. */
function refusalOf(text: string): Refusal {
  const part = (name: string): string | undefined => new RegExp(`${name} - (.*)`).exec(text)?.[1];
  const document = /^'\.\/(.*)'$/.exec(part("Document") ?? "")?.[1];
  const line = Number(part("Line Number"));
  const refused = part("Detailed error") ?? text.replace(/^.*Failed to import TMDL folder: /, "").replaceAll(/\s*\n\s*/g, " ");
  return { refused, ...(document === undefined ? {} : { document }), ...(Number.isNaN(line) ? {} : { line }) };
}

/** Lines of JSON-RPC, as the Model Context Protocol has them over standard streams. */
async function talk({ stdin, stdout }: ChildProcessByStdio<Writable, Readable, null>, { folder, exportTo }: { readonly folder: string; readonly exportTo: string | undefined }): Promise<LoadedModel> {
  // Its end is told by the process itself.
  stdin.on("error", () => undefined);
  const waiting = new Map<number, (answer: z.infer<typeof message>) => void>();
  createInterface({ input: stdout }).on("line", (line) => {
    const answer = message.safeParse(parsedJson(line)).data;
    if (answer?.id !== undefined) waiting.get(answer.id)?.(answer);
  });
  const write = (content: object): void => void stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...content })}\n`);
  const ask = async (method: string, params: object): Promise<unknown> => {
    const id = waiting.size + 1;
    const { result, error } = await new Promise<z.infer<typeof message>>((resolve) => {
      waiting.set(id, resolve);
      write({ id, method, params });
    });
    if (error !== undefined) throw new Error(error.message);
    return result;
  };
  const use = async (tool: string, request: object): Promise<unknown> => {
    const { content, isError } = toolAnswer.parse(await ask("tools/call", { name: tool, arguments: { request } }));
    const answer = said.parse(parsedJson(content[0]?.text ?? ""));
    if (isError) throw new Refused(answer.message);
    return answer.data;
  };
  await ask("initialize", { protocolVersion: PROTOCOL, capabilities: {}, clientInfo: { name: "carelake", version: "1" } });
  write({ method: "notifications/initialized" });
  const { connectionName, ...loaded } = connected.parse(await use("connection_operations", { operation: "ConnectFolder", folderPath: folder }));
  if (exportTo !== undefined) await use("database_operations", { operation: "ExportToTmdlFolder", connectionName, tmdlFolderPath: exportTo });
  return { tables: loaded.tablesLoaded, measures: loaded.measuresLoaded, relationships: loaded.relationshipsLoaded };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
