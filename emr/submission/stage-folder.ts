// The folder of a stage attempt on S3, as both engines use it: what the runner writes there (events, report) and the
// records of its submission. In: StageHandle.ref. Out: parsed values; a damaged record counts as none.

import type { z } from "zod";
import { ProblemError } from "../../driver/problems.js";
import type { StageEvent, StageFile, StageReport } from "../../driver/stage.js";
import { stageEvent, stageReport } from "../../driver/stage.js";
import type { Objects } from "../s3/objects.js";

export type RecordName = "target.json" | "submission.json" | "cancel.json" | "ended.json";

export interface StageFolder {
  record<T>(ref: string, name: RecordName, shape: z.ZodType<T>): Promise<T | undefined>;
  save(ref: string, name: RecordName, value: unknown): Promise<void>;
  /** URI of stage.json. */
  putStage(ref: string, stage: StageFile): Promise<string>;
  events(ref: string, offset: number): Promise<{ readonly events: readonly StageEvent[]; readonly next: number }>;
  report(ref: string): Promise<StageReport | undefined>;
}

const DIGITS = 6;

export function stageFolders(objects: Objects): StageFolder {
  return {
    record: async (ref, name, shape) => parsed(await objects.text(`${ref}/${name}`), shape),
    save: (ref, name, value) => objects.put(`${ref}/${name}`, JSON.stringify(value)),
    putStage: async (ref, stage) => {
      const uri = `${ref}/stage.json`;
      await objects.put(uri, JSON.stringify(stage));
      return uri;
    },
    events: async (ref, offset) => {
      try {
        return await eventsAfter(objects, ref, offset);
      } catch (error) {
        // Events are for the eye: whoever follows asks again, and the result stands in the report.
        if (error instanceof ProblemError && error.problem.code === "aws-unreachable") return { events: [], next: offset };
        throw error;
      }
    },
    report: async (ref) => {
      const text = await objects.text(`${ref}/report.json`);
      return text === undefined ? undefined : stageReport.parse(JSON.parse(text));
    },
  };
}

/** Folder of a stage, from where it will write its report. */
export const folderOf = (stage: StageFile): string => stage.report.replace(/\/[^/]*$/, "");

/** `<ref>/events/NNNNNN.jsonl`: whole objects, numbered without gaps. The offset is the number of the last one read. */
async function eventsAfter(objects: Objects, ref: string, offset: number): Promise<{ readonly events: readonly StageEvent[]; readonly next: number }> {
  const listed = await objects.list(`${ref}/events/`, `${ref}/events/${String(offset).padStart(DIGITS, "0")}.jsonl`);
  const numbered = listed.flatMap(({ uri }) => {
    const number = Number(/\/(\d+)\.jsonl$/.exec(uri)?.[1]);
    return Number.isInteger(number) && number > offset ? [{ uri, number }] : [];
  });
  const texts = await Promise.all(numbered.map(({ uri }) => objects.text(uri)));
  const events = texts.flatMap((text) => (text ?? "").split("\n").flatMap(readEvent));
  return { events, next: numbered.reduce((most, { number }) => Math.max(most, number), offset) };
}

/** A later runner may tell what this driver does not know. */
function readEvent(line: string): readonly StageEvent[] {
  if (line === "") return [];
  return present(parsed(line, stageEvent));
}

const present = <T>(value: T | undefined): readonly T[] => (value === undefined ? [] : [value]);

function parsed<T>(text: string | undefined, shape: z.ZodType<T>): T | undefined {
  if (text === undefined) return undefined;
  try {
    const read = shape.safeParse(JSON.parse(text));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}
