// In: what is wanted (rows, years, seed, defects) and a target. Out: data, and the list of what was planted.
// Never here: arguments of the command line, printing.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DefectSpec, Planted } from "./defects.js";
import { placeDefects } from "./defects.js";
import type { Target } from "./folder.js";
import { copySources, folderTarget } from "./folder.js";
import { detailFileName, providerFileName } from "./layout.js";
import type { YearPlan } from "./plan.js";
import { planYears } from "./plan.js";
import { runOrdered } from "./pool.js";
import type { SourcePaths } from "./sources.js";
import { SAMPLE_SOURCES } from "./sources.js";

/** What to make. `rows` are the detail rows of the last year; earlier years have less, by the published growth. */
export type GenerateRequest = {
  readonly rows: number; readonly years: readonly number[]; readonly seed: number;
  /** Default 2; 0 = no threads, for small data. */
  readonly threads?: number; readonly files?: number; readonly gzip?: boolean;
  readonly defects?: DefectSpec; readonly sources?: SourcePaths; readonly onProgress?: (done: { readonly year: number; readonly rows: number; readonly of: number }) => void;
};

/** A planted defect with its place in the files; lines count from 1, the header included. */
export type PlantedLine = Omit<Planted, "row" | "grain"> & { readonly year: number; readonly file: string; readonly line: number | null };

/** What was made. */
export type YearMade = { readonly year: number; readonly rows: number; readonly providers: number; readonly files: readonly string[]; readonly planted: readonly PlantedLine[] };

/** Runs every year into the target that `open` gives for it. */
export async function generateInto(request: GenerateRequest, open: (plan: YearPlan) => Target): Promise<readonly YearMade[]> {
  const { seed, threads = 2, files = 1, gzip = false, sources = SAMPLE_SOURCES } = request;
  const plans = planYears({ seed, years: request.years, rows: request.rows, files });
  const made: YearMade[] = [];
  for (const plan of plans) {
    const defects = request.defects === undefined ? [] : placeDefects(request.defects, plan, seed);
    const target = open(plan);
    const tasks = plan.chunks.map((chunk) => ({ chunk, defects: defects.filter((defect) => defect.index >= chunk.from && defect.index < chunk.to) }));
    const fileStart = new Map<number, number>();
    const planted: PlantedLine[] = [];
    let providers = 0;
    await runOrdered(tasks, { threads, start: { seed, sources, gzip } }, async (result, { chunk }) => {
      if (!fileStart.has(chunk.file)) fileStart.set(chunk.file, chunk.firstRow);
      const inFile = { detail: chunk.firstRow - (fileStart.get(chunk.file) ?? 0), provider: providers };
      for (const { row, grain, ...item } of result.planted) {
        const name = grain === "detail" ? detailFileName(plan.year, { number: chunk.file, of: files }) : providerFileName(plan.year);
        planted.push({ ...item, year: plan.year, file: name + (gzip ? ".gz" : ""), line: row === null ? null : inFile[grain] + row + 2 });
      }
      providers += result.providerLines;
      await target.detail(new Uint8Array(result.detail, 0, result.detailBytes), chunk.file);
      await target.provider(new Uint8Array(result.provider, 0, result.providerBytes));
      request.onProgress?.({ year: plan.year, rows: chunk.firstRow + chunk.rows, of: plan.rows });
    });
    made.push({ year: plan.year, rows: plan.rows, providers, files: await target.close(), planted });
  }
  return made;
}

/** Writes every year, the drug list, the cities and (with defects) defects.json into a folder. */
export async function generateFolder(request: GenerateRequest, dir: string): Promise<readonly YearMade[]> {
  const { files = 1, gzip = false, sources = SAMPLE_SOURCES } = request;
  copySources(sources, { dir, gzip });
  const made = await generateInto(request, (plan) => folderTarget({ dir, year: plan.year, files, gzip }));
  if (request.defects !== undefined) writeFileSync(join(dir, "defects.json"), defectsJson(request, made));
  return made;
}

/** defects.json: by rule the number and the places of what was planted. In PostgreSQL a row's id is its line less 1. */
export function defectsJson(request: GenerateRequest, made: readonly YearMade[]): string {
  const all = made.flatMap((year) => year.planted);
  const rules = [...new Set(all.map((item) => item.rule))].sort();
  const planted = Object.fromEntries(rules.map((rule) => {
    const items = all.filter((item) => item.rule === rule);
    return [rule, { count: items.length, items }];
  }));
  const rows = Object.fromEntries(made.map((year) => [year.year, { detail: year.rows, provider: year.providers }]));
  return `${JSON.stringify({ seed: request.seed, defectSeed: request.defects?.seed, years: rows, planted }, null, 1)}\n`;
}
