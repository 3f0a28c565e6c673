import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { partD } from "../../reports/part-d/report.js";
import { listReadings, tableReadings } from "../../reports/rollup/reading.js";
import { newFacts, type TextRow } from "../../reports/rollup/rows.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Of the heap and outside of it, when all that nobody needs is gone. */
function held(): { readonly heap: number; readonly all: number } {
  // Buffers that the first one found are given back before the second one ends.
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { heap: heapUsed, all: heapUsed + arrayBuffers };
}

const ROWS = 200_000;
const drugRow = (row: number): TextRow => ({ year: row % 2 === 0 ? "2022" : "2023", drug_key: String(row % 3_500), state_code: `S${String(row % 60)}`, specialty: `Specialty ${String(row % 100)}`, is_brand: String(row % 2), is_antibiotic: "0", is_opioid: "0", claim_count: String(11 + (row % 977)), drug_cost_usd: `${String(row * 7)}.25` });
const prescriberRow = (row: number): TextRow => ({ year: "2023", prescriber_npi: String(1_003_000_126 + row), prescriber_name: `Given Family ${String(row)}`, city: `City ${String(row % 5_000)}`, prescriber_type: "Individual", state_code: `S${String(row % 60)}`, specialty: `Specialty ${String(row % 100)}`, claim_count: "10", provider_claim_count: "11", drug_cost_usd: "5.25", opioid_claim_count: row % 2 === 0 ? null : "3", antibiotic_claim_count: "0" });

it.each([["drug_utilization", drugRow, 64, 4], ["prescriber_report", prescriberRow, 300, 230]] as const)("rows of %s take few bytes each, next to none of them in the heap but texts that no other row has", (from, row, most, mostOfHeap) => {
  const reading = tableReadings(partD).find((each) => each.from === from);
  if (reading === undefined) throw new Error(`no table ${from}`);
  const members = new Map(listReadings(partD).map((each) => [each, new Map()] as const));
  const before = held();
  const reads = newFacts(partD, reading, members);
  for (let at = 0; at < ROWS; at++) reads.add([row(at)]);
  const facts = reads.take();
  const after = held();
  expect(facts.columns.size).toBe(ROWS);
  expect((after.all - before.all) / ROWS).toBeLessThan(most);
  expect((after.heap - before.heap) / ROWS).toBeLessThan(mostOfHeap);
});
