// carelake prices: the prices that estimates and costs rest on, with region and date; --refresh reads AWS's own list.

import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Profile } from "../../profile.js";
import type { Result } from "../../problems.js";
import { fail, ok } from "../../problems.js";
import { priceFile, type PriceFile } from "../../../emr/facts/prices.js";
import { command } from "../command.js";
import type { Context } from "../context.js";
import { answer, bytes, complain, say } from "../present.js";
import { pricesFor } from "../prices.js";
import { pricesText } from "../prices-text.js";
import { findProfile, loadProject } from "../project.js";
import { unwritable } from "../unwritable.js";

export const prices = command({
  command: "prices",
  describe: "the prices in use, with region and date; --refresh reads those of today",
  builder: (yargs) =>
    yargs
      .option("profile", { type: "string", default: "local", describe: "profile of carelake.yaml" })
      .option("refresh", { type: "boolean", default: false, describe: "read AWS's price list and write a price file" })
      .option("region", { type: "string", describe: "region to read, instead of the profile's" })
      .option("out", { type: "string", describe: "file to write, instead of the profile's `prices` or prices.json" }),
  handler: async (words, context) => {
    if (words.region !== undefined && !words.refresh) return complain([{ code: "usage", message: "--region needs --refresh: the prices in use are those of the profile", at: { file: "--region" }, suggestion: `carelake prices --refresh --region ${words.region} reads those of that region` }], words.json);
    const project = await loadProject(context.cwd);
    if (!project.ok) return complain(project.problems, words.json);
    const profile = findProfile(project.value, words.profile);
    if (!profile.ok) return complain(profile.problems, words.json);
    if (!words.refresh) {
      const found = await pricesFor(profile.value, project.value.folder);
      return found.ok ? answer({ json: found.value, text: pricesText(found.value) }, words.json) : complain(found.problems, words.json);
    }
    const path = words.out === undefined ? resolve(project.value.folder, profile.value.prices ?? "prices.json") : resolve(context.cwd, words.out);
    const file = await refreshed(profile.value, words.region, context);
    if (!file.ok) return complain(file.problems, words.json);
    const { region, as_of, source, instances = {} } = file.value;
    try {
      await writeFile(path, `${JSON.stringify(file.value, null, 2)}\n`);
    } catch (error) {
      return complain([unwritable(words.out ?? path, error)], words.json);
    }
    const types = Object.keys(instances).length;
    answer({ json: { file: path, region, as_of, source, instances: types }, text: `${path}: prices of ${region}, ${as_of}, ${String(types)} instance types\na profile uses them by \`prices: FILE\`` }, words.json);
  },
});

async function refreshed(profile: Profile, named: string | undefined, { env, signal, isTerminal }: Context): Promise<Result<PriceFile>> {
  const region = named ?? profile.region;
  if (region === undefined) return fail({ code: "config-missing", what: "region whose prices are meant", looked: ["--region", "`region` of the profile"], help: "for example --region eu-west-1" });
  if (!priceFile.shape.region.safeParse(region).success) return fail({ code: "param-invalid", name: "--region", value: region, expected: "a region such as eu-west-1" });
  const { PRICE_LIST, readPriceList } = await import("../../../emr/offers/price-list.js");
  const base = (env["AWS_ENDPOINT_URL_PRICING"] ?? PRICE_LIST).replace(/\/$/, "");
  if (isTerminal) say("reading AWS's price list; the part of EC2 is hundreds of megabytes …");
  const read = await readPriceList({ region, base, signal, ...(isTerminal ? { progress: (offer: string, so_far: number) => say(`  ${offer}: ${bytes(so_far)}`) } : {}) });
  return read.ok ? ok(read.value) : read;
}
