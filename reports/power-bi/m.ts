// Power Query (M) of a model's tables. In: published tables and what is taken from them. Out: M texts.
// Steps that MySQL can do stand first; adding words comes last, so what is left to do here is little.
// Never here: a user, a password. Server and database are parameters, the login is asked for once by Power BI.

/** An added column: words for the values of a published one. */
export interface Worded {
  /** The name people see. */
  readonly name: string;
  readonly column: string;
  /** "key: words" where the value is null and a key is given. */
  readonly missing?: { readonly words: string; readonly key?: string };
  readonly values?: readonly { readonly value: string; readonly label: string }[];
  readonly isWhole: boolean;
}

export interface Rows {
  readonly table: string;
  /** Published columns, in order. */
  readonly columns: readonly string[];
  readonly worded: readonly Worded[];
  /** Published columns that nothing needs once they are put into words. */
  readonly dropped: readonly string[];
}

/** The parameters people set, and those that Power BI's incremental refresh sets. */
export const PARAMETERS = [
  { name: "Server", description: "Host of the serving database, with its port where that is not 3306: db.example.org:3307.", expression: `"localhost" meta [IsParameterQuery = true, Type = "Text", IsParameterQueryRequired = true]` },
  { name: "Database", description: "Schema of the published tables.", expression: `"carelake" meta [IsParameterQuery = true, Type = "Text", IsParameterQueryRequired = true]` },
  { name: "RangeStart", description: "First moment that is loaded; the service sets it for each year’s partition.", expression: `#datetime(2006, 1, 1, 0, 0, 0) meta [IsParameterQuery = true, Type = "DateTime", IsParameterQueryRequired = true]` },
  { name: "RangeEnd", description: "First moment that is not loaded any more; the service sets it for each year’s partition.", expression: `#datetime(2050, 1, 1, 0, 0, 0) meta [IsParameterQuery = true, Type = "DateTime", IsParameterQueryRequired = true]` },
] as const;

/** Booleans stay 0 and 1, as conditions of measures compare them; the default time limit of ten minutes is too short for the largest table. */
const SOURCE = "Source = MySQL.Database(Server, Database, [ReturnSingleDatabase = true, CreateNavigationProperties = false, TreatTinyAsBoolean = false, CommandTimeout = #duration(0, 2, 0, 0)])";

/** The rows of the years asked for: the parameter is turned into a year, so that the column itself is compared and its index used. */
export function factM(rows: Rows): string {
  return query([
    SOURCE,
    published(rows.table),
    "Chosen = Table.SelectRows(Published, each [year] >= Date.Year(RangeStart) and [year] < Date.Year(RangeEnd))",
    `Needed = Table.SelectColumns(Chosen, ${texts(rows.columns)})`,
    ...wordSteps("Needed", rows),
  ]);
}

/** One row a key. Other columns are the same in all rows of a key; the greatest value is one of them. */
export function listM(rows: Rows, key: string): string {
  const { table, columns } = rows;
  const others = columns.filter((column) => column !== key);
  const needed = `Needed = Table.SelectColumns(Published, ${texts(columns)})`;
  const members = others.length === 0 ? "Members = Table.Distinct(Needed)" : `Members = Table.Group(Needed, ${texts([key])}, {${others.map((column) => `{${text(column)}, each List.Max([${column}])}`).join(", ")}})`;
  return query([SOURCE, published(table), needed, members, ...wordSteps("Members", rows)]);
}

/** The years as a list of whole numbers with their first day, which marks the table as one of dates. */
export function yearsM({ table, columns: [column = "year"] }: Rows, firstDay: string): string {
  return query([
    SOURCE,
    published(table),
    `Needed = Table.SelectColumns(Published, ${texts([column])})`,
    "Members = Table.Distinct(Needed)",
    `Dated = Table.AddColumn(Members, ${text(firstDay)}, each #date([${column}], 1, 1), type date)`,
  ]);
}

/** The serving database's own table of what is live. */
export const LIVE_TABLES = "carelake_tables";

/** What is live of one set, as the publisher wrote it. */
export function publicationM(set: string, columns: readonly string[]): string {
  return query([SOURCE, published(LIVE_TABLES), `Live = Table.SelectRows(Published, each [set_name] = ${text(set)})`, `Needed = Table.SelectColumns(Live, ${texts(columns)})`]);
}

/** When the table was published: years are loaded again only when this has changed. */
export function pollingM(table: string): string {
  return query([SOURCE, published(LIVE_TABLES), `Live = Table.SelectRows(Published, each [table_name] = ${text(table)})`, "Stamp = List.Max(Live[published_at])"]);
}

const published = (table: string): string => `Published = Source{[Schema = Database, Item = ${text(table)}]}[Data]`;
const text = (value: string): string => `"${value.replaceAll('"', '""')}"`;
const texts = (values: readonly string[]): string => `{${values.map(text).join(", ")}}`;

/** One step a worded column; then go the columns that were only there to be put into words. */
function wordSteps(from: string, { worded, dropped }: Rows): string[] {
  const steps = worded.map((each, index) => `Worded${String(index + 1)} = Table.AddColumn(${index === 0 ? from : `Worded${String(index)}`}, ${text(each.name)}, each ${wording(each)}, type nullable text)`);
  return [...steps, ...(dropped.length === 0 ? [] : [`Seen = Table.RemoveColumns(Worded${String(worded.length)}, ${texts(dropped)})`])];
}

function wording({ column, missing, values = [], isWhole }: Worded): string {
  const cases = values.map(({ value, label }) => `if [${column}] = ${isWhole ? value : text(value)} then ${text(label)} else `).join("");
  if (missing === undefined) return `${cases}null`;
  const words = missing.key === undefined ? text(missing.words) : `[${missing.key}] & ${text(`: ${missing.words}`)}`;
  return `if [${column}] = null then ${words} else ${cases}[${column}]`;
}

function query(steps: readonly string[]): string {
  const last = steps.at(-1)?.split(" = ")[0] ?? "";
  return ["let", ...steps.map((step, index) => `\t${step}${index === steps.length - 1 ? "" : ","}`), "in", `\t${last}`].join("\n");
}
