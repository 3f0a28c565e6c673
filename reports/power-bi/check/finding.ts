// What a check says: one value for every rule that a project breaks.

export interface Finding {
  /** Path from the project's folder. */
  readonly file: string;
  /** From 1; 1 where the file as a whole is meant. */
  readonly line: number;
  /** kebab-case id of the rule. */
  readonly rule: string;
  readonly what: string;
  readonly wayOut: string;
}
