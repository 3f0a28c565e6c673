// The price table that a profile's dollars rest on: the built-in one, with the profile's price file over it.

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Prices } from "../../emr/facts/prices.js";
import { BUILT_IN_PRICES, overlay, parsePrices } from "../../emr/facts/prices.js";
import type { Result } from "../problems.js";
import { fail, ok } from "../problems.js";
import type { Profile } from "../profile.js";
import { systemWords } from "../system-error.js";

/** `folder`: of the project, which the profile's paths are relative to. */
export async function pricesFor({ prices: file }: Pick<Profile, "prices">, folder: string): Promise<Result<Prices>> {
  if (file === undefined) return ok(BUILT_IN_PRICES);
  let text: string;
  try {
    text = await readFile(resolve(folder, file), "utf8");
  } catch (error) {
    return fail({ code: "price-file-unfit", file, key: "", message: systemWords(error) });
  }
  const parsed = parsePrices(text, file);
  return parsed.ok ? ok(overlay(parsed.value)) : parsed;
}
