// In: a seed, a purpose, a key. Out: a stream of random numbers that depends on nothing else.
// Never here: Math.random, the clock: the same key gives the same numbers on every machine and in every thread.

/** What a stream is for: streams of different purposes never share numbers. */
export const PURPOSE = { identity: 1, name: 2, place: 3, drugs: 4, yearly: 5, provider: 6, catalogue: 7, defects: 8, npi: 9, totals: 10 } as const;
export type Purpose = (typeof PURPOSE)[keyof typeof PURPOSE];

/** Mixes one 32-bit word into a hash (the finaliser of MurmurHash3, a public-domain constant set). */
export function mix(hash: number, word: number): number {
  let h = Math.imul(hash ^ word, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}

/** Small fast counter stream (sfc32); state is four words, reset by `start` so that no object is made per prescriber. */
export class Stream {
  private a = 0;
  private b = 0;
  private c = 0;
  private counter = 1;

  /** Begins the stream of (seed, purpose, key, year). */
  start(seed: number, purpose: Purpose, key: number, year = 0): this {
    const base = mix(mix(mix(0x9e3779b9, seed), Math.imul(purpose, 0x27d4eb2f)), year);
    this.a = mix(base, key);
    this.b = mix(this.a, key + 0x632be5ab);
    this.c = mix(this.b, base);
    this.counter = 1;
    for (let n = 0; n < 4; n++) this.word();
    return this;
  }

  /** 32 random bits as a signed integer. */
  word(): number {
    const t = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + t) | 0;
    return t;
  }

  /** Uniform in [0, 1). */
  unit(): number {
    return (this.word() >>> 0) / 4294967296;
  }

  /** Uniform whole number in [0, n). */
  below(n: number): number {
    return Math.floor(((this.word() >>> 0) / 4294967296) * n);
  }

  /** Standard normal, from a table of 65,536 quantiles: never beyond ±4.2. */
  normal(): number {
    return NORMAL[this.word() >>> 16] ?? 0;
  }
}

const NORMAL = normalTable(65536);

/** The two halves of one random word as standard normals: half the cost of two draws. */
export const normalHigh = (word: number): number => NORMAL[word >>> 16] ?? 0;
export const normalLow = (word: number): number => NORMAL[word & 0xffff] ?? 0;

/** Inverse of the normal distribution function (Acklam's rational approximation, error below 1.2e-9). */
export function normalQuantile(p: number): number {
  if (p < 0.02425) return tail(Math.sqrt(-2 * Math.log(p)));
  if (p > 0.97575) return -tail(Math.sqrt(-2 * Math.log(1 - p)));
  const q = p - 0.5;
  const r = q * q;
  const top = ((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r - 30.66479806614716) * r + 2.506628277459239;
  const bottom = ((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r - 13.28068155288572) * r + 1;
  return (top * q) / bottom;
}

function tail(q: number): number {
  const top = ((((-0.007784894002430293 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) * q + 4.374664141464968) * q + 2.938163982698783;
  const bottom = (((0.007784695709041462 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1;
  return top / bottom;
}

function normalTable(size: number): Float64Array {
  const table = new Float64Array(size);
  for (let n = 0; n < size; n++) table[n] = normalQuantile((n + 0.5) / size);
  return table;
}

/** Draws an index with probability proportional to its weight, in constant time (Vose's alias method). */
export type Alias = { readonly keep: Float64Array; readonly other: Int32Array };

/** Builds the alias table of the weights (any scale, none negative, at least one above 0). */
export function aliasOf(weights: ArrayLike<number>): Alias {
  const n = weights.length;
  const total = Array.from(weights).reduce((sum, w) => sum + w, 0);
  const scaled = Float64Array.from(weights, (w) => (w * n) / total);
  const keep = new Float64Array(n).fill(1);
  const other = Int32Array.from({ length: n }, (_, at) => at);
  const small: number[] = [];
  const large: number[] = [];
  scaled.forEach((w, at) => (w < 1 ? small : large).push(at));
  while (small.length > 0 && large.length > 0) {
    const low = small.pop() ?? 0;
    const high = large[large.length - 1] ?? 0;
    keep[low] = scaled[low] ?? 1;
    other[low] = high;
    scaled[high] = (scaled[high] ?? 0) + (scaled[low] ?? 0) - 1;
    if ((scaled[high] ?? 0) < 1) small.push(large.pop() ?? 0);
  }
  return { keep, other };
}

/** One draw from an alias table. */
export function draw(alias: Alias, stream: Stream): number {
  const scaled = stream.unit() * alias.keep.length;
  const at = Math.floor(scaled);
  return scaled - at < (alias.keep[at] ?? 1) ? at : (alias.other[at] ?? at);
}
