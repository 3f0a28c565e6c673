// In: the text of a small CSV. Out: header and rows. An empty cell is null, "" in quotes is the empty text.

export interface Cells {
  readonly header: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** Throws when a row has not as many fields as the header: a case that is wrong itself. */
export function readCsv(text: string): Cells {
  const [header = [], ...rows] = records(text);
  for (const row of rows) if (row.length !== header.length) throw new Error(`${String(row.length)} fields instead of ${String(header.length)}: ${row.join(",")}`);
  return { header: header.map((cell) => cell ?? ""), rows };
}

function records(text: string): readonly (string | null)[][] {
  const found: (string | null)[][] = [];
  let row: (string | null)[] = [];
  const cell = /"((?:[^"]|"")*)"(,|\n|$)|([^",\n]*)(,|\n|$)/gy;
  const end = text.endsWith("\n") ? text.length : text.length + 1;
  while (cell.lastIndex < end) {
    const match = cell.exec(text);
    if (match === null) throw new Error(`not CSV: ${text.slice(0, 80)}`);
    const [, quoted, afterQuoted, plain, afterPlain] = match;
    row.push(quoted === undefined ? (plain === "" || plain === undefined ? null : plain) : quoted.replaceAll('""', '"'));
    if ((afterQuoted ?? afterPlain) === ",") continue;
    found.push(row);
    row = [];
    if (match.index + match[0].length >= text.length) break;
  }
  return found;
}
