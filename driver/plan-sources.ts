// A source's input for a year → what the stage reads.

import type { Job } from "./job.js";
import { sourceView } from "./names.js";
import type { PlanRequest } from "./plan.js";
import type { SourceInput, TableInput } from "./source-input.js";
import type { PasswordReference, StageSource } from "./stage.js";

export function stageSource(input: SourceInput, job: Job, uriOf: PlanRequest["inputUri"]): StageSource {
  const layout = job.source?.layouts.find((each) => each.name === input.layout);
  const present = Object.values(layout?.columns ?? {});
  const all = new Set((job.source?.layouts ?? []).flatMap((each) => Object.values(each.columns)));
  const absent = [...all].filter((column) => !present.includes(column));
  const view = sourceView(input.source, input.year);
  if (input.kind === "table") {
    const { url, user, table, key, where, partitions, incremental } = input;
    return { kind: "jdbc", view, url, user, ...passwordIn(input.password), table, key, where, columns: present, absent, layout: input.layout, partitions, incremental };
  }
  return {
    kind: "csv",
    view,
    layout: input.layout,
    delimiter: input.delimiter,
    absent,
    files: input.files.map((file) => ({ uri: uriOf?.(input, file) ?? file.path, name: file.name, gzip: file.gzip, skip_lines: file.skipLines, fields: file.fields })),
  };
}

/** Where the runner finds the password: in its environment, or in Secrets Manager. */
function passwordIn({ env, secret, key }: TableInput["password"]): PasswordReference {
  if (secret !== undefined) return { password_secret: { id: secret, key: key ?? null } };
  if (env === undefined) throw new TypeError("a password without a reference");
  return { password_env: env };
}
