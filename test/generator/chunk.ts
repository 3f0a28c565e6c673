// In: one chunk of the plan and the defects that fall into it. Out: bytes of both files and what was planted.
// Never here: files, threads. The same chunk gives the same bytes wherever it is made.
import { cell, csvLine, decimalText, Sink } from "./bytes.js";
import type { Drug } from "./catalogue.js";
import type { Defect, Planted } from "./defects.js";
import type { Rows } from "./measures.js";
import { newRows, rowMaker } from "./measures.js";
import type { Atlas } from "./places.js";
import type { Chunk } from "./plan.js";
import { plantDetail } from "./plant-detail.js";
import { plantProvider } from "./plant-provider.js";
import type { Person } from "./population.js";
import { personOf, shapeOf } from "./population.js";
import { providerCells } from "./provider.js";
import { PURPOSE, Stream } from "./random.js";
import type { Totals } from "./totals.js";
import { totalsOf } from "./totals.js";

/** What a chunk gave: bytes of whole lines, number of provider lines, planted defects with rows counted inside the chunk from 0. */
export type ChunkResult = { readonly detail: Buffer; readonly provider: Buffer; readonly providerLines: number; readonly planted: readonly Planted[] };

export type ChunkMaker = (chunk: Chunk, defects: readonly Defect[], reuse: { readonly detail?: Buffer; readonly provider?: Buffer }) => ChunkResult;

const LF = 10;

/** Makes chunks for one seed; tables over drugs and cities are built once. */
export function chunkMaker(of: { readonly seed: number; readonly drugs: readonly Drug[]; readonly atlas: Atlas }): ChunkMaker {
  const makeRows = rowMaker(of.drugs, of.seed);
  const names = drugNames(of.drugs);
  const rows = newRows();
  const shape = { specialty: 0, volume: 0, rows: 0 };
  const stream = new Stream();
  const detail = new Sink(1 << 22);
  const provider = new Sink(1 << 20);
  return (chunk, defects, reuse) => {
    begin(detail, reuse.detail);
    begin(provider, reuse.provider);
    const byIndex = new Map(defects.map((defect) => [defect.index, defect]));
    const planted: Planted[] = [];
    let providerLines = 0;
    let firstRow = 0;
    for (let index = chunk.from; index < chunk.to; index++) {
      shapeOf(shape, { seed: of.seed, year: chunk.year }, index);
      if (shape.rows < 0) continue;
      const count = chunk.lastRows !== null && index === chunk.to - 1 ? chunk.lastRows : shape.rows;
      const person = personOf(of, index, shape.specialty);
      makeRows(rows, { index, year: chunk.year, count, volume: shape.volume, specialty: person.specialty });
      stream.start(of.seed, PURPOSE.totals, index, chunk.year);
      const totals = totalsOf(rows, of.drugs, { stream, aged: person.specialty.aged });
      const defect = byIndex.get(index);
      if (defect?.grain === "detail") planted.push(writeDefective(detail, { rows, names, person, totals, drugs: of.drugs, defect, firstRow }));
      else writeRows(detail, rows, { names, person });
      const cells = providerCells(person, totals, stream);
      const outcome = defect?.grain === "provider" ? plantProvider(cells, { defect, line: providerLines, totals, rows: count }) : null;
      const lines = outcome === null ? [cells] : outcome.lines;
      if (outcome !== null) planted.push(outcome.planted);
      for (const line of lines) provider.text(`${csvLine(line)}\n`);
      providerLines += lines.length;
      firstRow += count;
    }
    return { detail: detail.bytes.subarray(0, detail.at), provider: provider.bytes.subarray(0, provider.at), providerLines, planted };
  };
}

function begin(sink: Sink, reuse: Buffer | undefined): void {
  // The former buffer went to the thread that writes: a returned one or a new one takes its place.
  sink.bytes = reuse ?? Buffer.allocUnsafeSlow(sink.bytes.length === 0 ? 1 << 20 : sink.bytes.length);
  sink.at = 0;
}

type DrugNames = { readonly bytes: Uint8Array; readonly starts: Int32Array; readonly longest: number };

function drugNames(drugs: readonly Drug[]): DrugNames {
  const parts = drugs.map((d) => Buffer.from(`${cell(d.brand)},${cell(d.generic)},`, "utf8"));
  const starts = new Int32Array(drugs.length + 1);
  parts.forEach((part, at) => (starts[at + 1] = (starts[at] ?? 0) + part.length));
  return { bytes: Uint8Array.from(Buffer.concat(parts)), starts, longest: Math.max(...parts.map((part) => part.length)) };
}

const personText = (person: Person): string =>
  `${csvLine([person.npi, person.last, person.first, person.place.city, person.place.state, person.place.fips, person.specialty.name, person.typeSource])},`;

/** The hot path: about 145 bytes a row, one text write a prescriber. */
function writeRows(sink: Sink, rows: Rows, of: { readonly names: DrugNames; readonly person: Person }): void {
  if (rows.count === 0) return;
  const { names } = of;
  const start = sink.at;
  sink.text(personText(of.person));
  const end = sink.at;
  sink.room(rows.count * (end - start + names.longest + 180));
  for (let at = 0; at < rows.count; at++) {
    if (at > 0) sink.again(start, end);
    const d = rows.drug[at] ?? 0;
    sink.short(names.bytes, names.starts[d] ?? 0, names.starts[d + 1] ?? 0);
    writeMeasures(sink, rows, at);
  }
}

function writeMeasures(sink: Sink, rows: Rows, at: number): void {
  sink.whole(rows.claims[at] ?? 0);
  sink.tenths(rows.fills[at] ?? 0);
  sink.whole(rows.days[at] ?? 0);
  sink.cents(rows.cost[at] ?? 0);
  sink.whole(rows.benes[at] ?? 0);
  const flag = rows.flag[at] ?? 0;
  if (flag !== 0) sink.byte(flag);
  sink.byte(44);
  sink.whole(rows.claims65[at] ?? 0);
  sink.tenths(rows.fills65[at] ?? 0);
  sink.cents(rows.cost65[at] ?? 0);
  sink.whole(rows.days65[at] ?? 0);
  const beneFlag = rows.beneFlag[at] ?? 0;
  if (beneFlag !== 0) sink.byte(beneFlag);
  sink.byte(44);
  sink.whole(rows.benes65[at] ?? 0);
  // The last cell ends the line: its comma becomes the line feed.
  sink.bytes[sink.at - 1] = LF;
}

type Defective = {
  readonly rows: Rows; readonly names: DrugNames; readonly person: Person; readonly totals: Totals; readonly drugs: readonly Drug[]; readonly defect: Defect & { readonly grain: "detail" }; readonly firstRow: number;
};

/** Writes a prescriber with one spoilt row: as usual, but that row by way of text. */
function writeDefective(sink: Sink, of: Defective): Planted {
  const { rows, drugs, person } = of;
  const at = Math.min(of.defect.ordinal, rows.count - 1);
  const outcome = plantDetail({ cells: detailCells(rows, at, { person, drugs }), before: drugs[rows.drug[at - 1] ?? 0], defect: of.defect, totals: of.totals, row: of.firstRow + at });
  for (let n = 0; n < rows.count; n++) {
    if (n === at) {
      sink.room(outcome.line.length + 1);
      sink.short(outcome.line, 0, outcome.line.length);
      sink.byte(LF);
      continue;
    }
    sink.text(personText(person));
    sink.room(of.names.longest + 180);
    const d = rows.drug[n] ?? 0;
    sink.short(of.names.bytes, of.names.starts[d] ?? 0, of.names.starts[d + 1] ?? 0);
    writeMeasures(sink, rows, n);
  }
  return outcome.planted;
}

const flagText = (byte: number | undefined): string => (byte === undefined || byte === 0 ? "" : String.fromCharCode(byte));
const wholeText = (value: number | undefined): string => (value === undefined || value < 0 ? "" : String(value));

function detailCells(rows: Rows, at: number, of: { readonly person: Person; readonly drugs: readonly Drug[] }): string[] {
  const { person } = of;
  const drug = of.drugs[rows.drug[at] ?? 0];
  return [
    person.npi, person.last, person.first, person.place.city, person.place.state, person.place.fips, person.specialty.name, person.typeSource, drug?.brand ?? "", drug?.generic ?? "",
    wholeText(rows.claims[at]), decimalText(rows.fills[at] ?? 0, 10), wholeText(rows.days[at]), decimalText(rows.cost[at] ?? 0, 100), wholeText(rows.benes[at]),
    flagText(rows.flag[at]), wholeText(rows.claims65[at]), decimalText(rows.fills65[at] ?? 0, 10), decimalText(rows.cost65[at] ?? 0, 100), wholeText(rows.days65[at]),
    flagText(rows.beneFlag[at]), wholeText(rows.benes65[at]),
  ];
}
