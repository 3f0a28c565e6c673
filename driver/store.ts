// Where the ledger keeps its objects: a folder now, an S3 prefix later. Keys are slash-separated, values are text.

export interface Store {
  /** The object, or undefined when there is none. */
  read(key: string): Promise<string | undefined>;
  /** Writes whole or not at all, over what is there. */
  write(key: string, text: string): Promise<void>;
  /** Writes only when there is no such object; false when there is. The one who gets true is the only one. */
  create(key: string, text: string): Promise<boolean>;
  /** Keys below a prefix, sorted. */
  list(prefix: string): Promise<readonly string[]>;
  /** Removes what writers that died left half written below a prefix, if it is older than that. Objects stay. */
  sweep(prefix: string, before: Date): Promise<void>;
}
