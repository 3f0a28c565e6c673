// A stream of CSV bytes → its records, one after the other: the price list of EC2 is hundreds of megabytes.

/** Fields of each record. A line break within quotes belongs to its field. */
export async function* csvRecords(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[]> {
  let open = "";
  for await (const line of linesOf(bytes)) {
    open = open === "" ? line : `${open}\n${line}`;
    if (quotesIn(open) % 2 === 1) continue;
    yield fieldsOf(open);
    open = "";
  }
  if (open !== "") yield fieldsOf(open);
}

async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of bytes) {
    const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

const quotesIn = (text: string): number => text.split('"').length - 1;

function fieldsOf(record: string): readonly string[] {
  const found = [...record.replace(/\r$/, "").matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)];
  return found.map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? "");
}
