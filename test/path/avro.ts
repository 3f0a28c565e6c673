// In: the bytes of an Avro object container file. Out: its records as plain values.
// Never here: what the records mean. Written from the Avro 1.11 specification; codecs null and deflate.

import { inflateRawSync } from "node:zlib";

export type AvroValue = null | boolean | number | bigint | string | Buffer | readonly AvroValue[] | { readonly [name: string]: AvroValue };

type Schema = string | readonly Schema[] | { readonly type: Schema; readonly name?: string; readonly fields?: readonly { readonly name: string; readonly type: Schema }[]; readonly items?: Schema; readonly values?: Schema; readonly size?: number };

class Cursor {
  at = 0;
  constructor(readonly bytes: Buffer) {}
  take(length: number): Buffer {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
  long(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.take(1)[0] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return (value >> 1n) ^ -(value & 1n);
    }
  }
  text(): Buffer {
    return this.take(Number(this.long()));
  }
}

/** Records of the file. Throws on what it does not know. */
export function avroRecords(file: Buffer): readonly AvroValue[] {
  const cursor = new Cursor(file);
  if (cursor.take(4).toString("latin1") !== "Obj\u0001") throw new Error("not an Avro file");
  const header = new Map<string, Buffer>();
  blocks(cursor, () => header.set(cursor.text().toString("utf8"), cursor.text()));
  const sync = cursor.take(16);
  const schema = parseSchema(header.get("avro.schema")?.toString("utf8") ?? "");
  const codec = header.get("avro.codec")?.toString("utf8") ?? "null";
  if (codec !== "null" && codec !== "deflate") throw new Error(`codec ${codec}`);
  const records: AvroValue[] = [];
  while (cursor.at < file.length) {
    const count = Number(cursor.long());
    const block = cursor.text();
    const inside = new Cursor(codec === "deflate" ? inflateRawSync(block) : block);
    for (let n = 0; n < count; n++) records.push(value(schema, inside, new Map()));
    if (!cursor.take(16).equals(sync)) throw new Error("an Avro block does not end with the file's marker");
  }
  return records;
}

function parseSchema(text: string): Schema {
  const parsed: Schema = JSON.parse(text);
  return parsed;
}

function blocks(cursor: Cursor, each: () => void): void {
  for (let count = cursor.long(); count !== 0n; count = cursor.long()) {
    if (count < 0n) cursor.long();
    for (let n = count < 0n ? -count : count; n > 0n; n--) each();
  }
}

function value(schema: Schema, cursor: Cursor, named: Map<string, Schema>): AvroValue {
  if (typeof schema === "string") return primitive(schema, cursor, named);
  if (isUnion(schema)) return value(schema[Number(cursor.long())] ?? "null", cursor, named);
  if (schema.name !== undefined) named.set(schema.name, schema);
  switch (schema.type) {
    case "record":
      return Object.fromEntries((schema.fields ?? []).map((field) => [field.name, value(field.type, cursor, named)]));
    case "array": {
      const items: AvroValue[] = [];
      blocks(cursor, () => items.push(value(schema.items ?? "null", cursor, named)));
      return items;
    }
    case "map": {
      const entries: [string, AvroValue][] = [];
      blocks(cursor, () => entries.push([cursor.text().toString("utf8"), value(schema.values ?? "null", cursor, named)]));
      return Object.fromEntries(entries);
    }
    case "fixed":
      return cursor.take(schema.size ?? 0);
    default:
      return value(schema.type, cursor, named);
  }
}

const isUnion = (schema: Schema): schema is readonly Schema[] => Array.isArray(schema);

function primitive(name: string, cursor: Cursor, named: Map<string, Schema>): AvroValue {
  switch (name) {
    case "null":
      return null;
    case "boolean":
      return cursor.take(1)[0] === 1;
    case "int":
    case "long":
      return cursor.long();
    case "float":
      return cursor.take(4).readFloatLE();
    case "double":
      return cursor.take(8).readDoubleLE();
    case "bytes":
      return cursor.text();
    case "string":
      return cursor.text().toString("utf8");
    default: {
      const known = named.get(name);
      if (known === undefined) throw new Error(`unknown Avro type ${name}`);
      return value(known, cursor, named);
    }
  }
}
