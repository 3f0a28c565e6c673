// In: numbers and text. Out: bytes of CSV in one growing buffer.
// Never here: the meaning of a column. Written by hand because joining strings costs more than making the values.

const COMMA = 44;
const ZERO = 48;
const DOT = 46;

/** A cell as CMS writes it: quotes only where needed. */
export const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** A CSV line without its line feed. */
export const csvLine = (cells: readonly string[]): string => cells.map(cell).join(",");

/** Bytes being written; `at` is the next free place. Call `room` before writing without checks. */
export class Sink {
  bytes: Buffer;
  at = 0;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size);
  }

  /** Makes sure `more` bytes fit. */
  room(more: number): void {
    if (this.at + more <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.at + more));
    this.bytes.copy(grown, 0, 0, this.at);
    this.bytes = grown;
  }

  /** Text as UTF-8. */
  text(value: string): void {
    this.room(value.length * 3);
    this.at += this.bytes.write(value, this.at, "utf8");
  }

  /** Copies bytes already in the sink to its end. */
  again(from: number, to: number): void {
    this.room(to - from);
    this.bytes.copyWithin(this.at, from, to);
    this.at += to - from;
  }

  /** Copies from elsewhere, byte by byte: cheaper than a call for the short names of drugs. */
  short(source: Uint8Array, from: number, to: number): void {
    const { bytes } = this;
    let at = this.at;
    for (let n = from; n < to; n++) bytes[at++] = source[n] ?? 0;
    this.at = at;
  }

  byte(value: number): void {
    this.bytes[this.at++] = value;
  }

  /** Whole number and a comma; -1 is suppressed: the comma alone. */
  whole(value: number): void {
    if (value >= 0) this.digits(value);
    this.bytes[this.at++] = COMMA;
  }

  /** Tenths as `24` or `51.7`, and a comma. */
  tenths(value: number): void {
    if (value >= 0) {
      const units = Math.floor(value / 10);
      const rest = value - units * 10;
      this.digits(units);
      if (rest > 0) {
        this.bytes[this.at++] = DOT;
        this.bytes[this.at++] = ZERO + rest;
      }
    }
    this.bytes[this.at++] = COMMA;
  }

  /** Cents as `24`, `51.7` or `51.75`, and a comma. */
  cents(value: number): void {
    if (value >= 0) {
      const units = Math.floor(value / 100);
      const rest = value - units * 100;
      this.digits(units);
      if (rest > 0) {
        const first = Math.floor(rest / 10);
        this.bytes[this.at++] = DOT;
        this.bytes[this.at++] = ZERO + first;
        if (rest > first * 10) this.bytes[this.at++] = ZERO + rest - first * 10;
      }
    }
    this.bytes[this.at++] = COMMA;
  }

  private digits(value: number): void {
    let places = 1;
    for (let bound = 10; value >= bound; bound *= 10) places++;
    let at = this.at + places;
    this.at = at;
    let rest = value;
    while (rest > 2147483647) {
      const next = Math.floor(rest / 10);
      this.bytes[--at] = ZERO + (rest - next * 10);
      rest = next;
    }
    let small = rest | 0;
    do {
      const next = (small / 10) | 0;
      this.bytes[--at] = ZERO + (small - next * 10);
      small = next;
    } while (small > 0);
  }
}

/** Tenths or cents as text, as the sink writes them. */
export const decimalText = (value: number, scale: 10 | 100): string => (value < 0 ? "" : String(value / scale));
