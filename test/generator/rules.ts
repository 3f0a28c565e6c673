// In: files in the official layout. Out: how often each quality rule is broken, found by DuckDB.
// Never here: anything of the generator: these are the rules written a second time, in SQL.
import type { DuckDBConnection } from "@duckdb/node-api";
import { DuckDBInstance } from "@duckdb/node-api";

/** DuckDB with `detail` (typed), `raw` (text), `provider` (typed) and `lines` of the detail file. */
export async function openData(dir: string): Promise<DuckDBConnection> {
  const connection = await (await DuckDBInstance.create(":memory:", { threads: "2" })).connect();
  const detail = `read_csv('${dir}/*_NPIBN*.csv*', header = true, all_varchar = true, quote = '"', escape = '"', delim = ',', null_padding = true, ignore_errors = true, strict_mode = false)`;
  await connection.run(`create table raw as select row_number() over () as n, * from ${detail}`);
  const whole = (names: string): string => names.split(" ").map((c) => `try_cast(${c} as bigint) as ${c}`).join(", ");
  const money = (names: string): string => names.split(" ").map((c) => `try_cast(${c} as decimal(18, 2)) as ${c}`).join(", ");
  await connection.run(`create table detail as select n, Prscrbr_NPI as npi, Prscrbr_Last_Org_Name as last, Prscrbr_First_Name as first, Prscrbr_City as city, Prscrbr_State_Abrvtn as state,
    Prscrbr_State_FIPS as fips, Prscrbr_Type as type, Brnd_Name as brand, Gnrc_Name as generic, GE65_Sprsn_Flag as flag, GE65_Bene_Sprsn_Flag as beneflag,
    ${whole("Tot_Clms Tot_Day_Suply Tot_Benes GE65_Tot_Clms GE65_Tot_Day_Suply GE65_Tot_Benes")}, ${money("Tot_30day_Fills Tot_Drug_Cst GE65_Tot_30day_Fills GE65_Tot_Drug_Cst")} from raw`);
  const provider = `read_csv('${dir}/*_NPI.csv*', header = true, all_varchar = true, quote = '"', escape = '"', delim = ',')`;
  await connection.run(`create table provider_raw as select * from ${provider}`);
  const columns = (await connection.runAndReadAll("select column_name from duckdb_columns() where table_name = 'provider_raw'")).getRows().map((row) => String(row[0]));
  const typed = columns.map((c) => (/_Clms$|_Suply$|_Benes$|_Cnt$|_Cst$|_Rate$|_Avg_|Fills$/.test(c) ? `try_cast(${c} as decimal(18, 4)) as ${c}` : c)).join(", ");
  await connection.run(`create table provider as select ${typed} from provider_raw`);
  return connection;
}

/** First value of the first row, as a number. */
export async function count(connection: DuckDBConnection, sql: string): Promise<number> {
  return Number((await connection.runAndReadAll(sql)).getRows()[0]?.[0] ?? Number.NaN);
}

const digit = (at: number): string => `cast(substr(npi, ${at}, 1) as int)`;
const doubled = (at: number): string => `(case when ${digit(at)} > 4 then 2 * ${digit(at)} - 9 else 2 * ${digit(at)} end)`;
const luhn = `(24 + ${[1, 3, 5, 7, 9].map(doubled).join(" + ")} + ${[2, 4, 6, 8, 10].map(digit).join(" + ")}) % 10`;
const shape = "regexp_full_match(npi, '[12][0-9]{9}')";
const STATES = "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI FM AA AE AP XX ZZ";
const states = STATES.split(" ").map((code) => `'${code}'`).join(", ");
const rows = (condition: string): string => `select count(*) from detail where ${condition}`;
const small = (column: string): string => `${column} between 1 and 10`;
const text = ["last", "first", "city", "type", "brand", "generic"];

/** Broken rows (or keys, or prescribers) by rule of the detail file. */
export const DETAIL_SQL: Readonly<Record<string, string>> = {
  A01: rows(`not ${shape}`),
  A02: rows(`case when ${shape} then ${luhn} <> 0 else false end`),
  A14: rows(`state is null or state not in (${states})`),
  A18: rows(text.map((c) => `${c} <> trim(${c}) or contains(${c}, chr(65533)) or regexp_matches(${c}, '[[:cntrl:]]')`).join(" or ")),
  B02: "select count(*) from (select 1 from detail where npi is not null and brand is not null and generic is not null group by npi, brand, generic having count(*) > 1)",
  B03: rows(["npi", "brand", "generic", "Tot_Clms", "Tot_30day_Fills", "Tot_Day_Suply", "Tot_Drug_Cst"].map((c) => `${c} is null`).join(" or ")),
  B04: rows("Tot_Clms < 11"),
  B05: rows("Tot_Benes < 11"),
  B06: rows("Tot_Benes > Tot_Clms"),
  B07: rows("Tot_30day_Fills < Tot_Clms or Tot_30day_Fills > 12 * Tot_Clms"),
  B08: rows("Tot_Day_Suply < Tot_Clms"),
  B09: rows("Tot_Drug_Cst < 0"),
  B09W: rows("Tot_Drug_Cst = 0"),
  B10: rows("flag not in ('*', '#') or beneflag not in ('*', '#')"),
  B11: rows(["GE65_Tot_Clms", "GE65_Tot_30day_Fills", "GE65_Tot_Drug_Cst", "GE65_Tot_Day_Suply"].map((c) => `(flag is null) = (${c} is null)`).join(" or ")),
  B12: rows("(beneflag is null) = (GE65_Tot_Benes is null)"),
  B13: rows("GE65_Tot_Clms > Tot_Clms or GE65_Tot_30day_Fills > Tot_30day_Fills or GE65_Tot_Drug_Cst > Tot_Drug_Cst or GE65_Tot_Day_Suply > Tot_Day_Suply or GE65_Tot_Benes > Tot_Benes"),
  B14: rows(`${small("GE65_Tot_Clms")} or ${small("GE65_Tot_Benes")}`),
  B16: "select count(*) from (select npi from detail where npi is not null group by npi having count(distinct last) > 1 or count(distinct coalesce(first, '')) > 1 or count(distinct state) > 1 or count(distinct type) > 1)",
  G08: "select count(distinct npi) from detail where npi is not null and npi not in (select PRSCRBR_NPI from provider)",
  G09: `select count(*) from (select npi, sum(d.Tot_Clms) as claims, sum(d.Tot_Drug_Cst) as cost from detail d group by npi) s
    join (select PRSCRBR_NPI, max(Tot_Clms) as claims, max(Tot_Drug_Cst) as cost from provider group by all) p on p.PRSCRBR_NPI = s.npi where s.claims > p.claims or s.cost > p.cost`,
  CAST: "select count(*) from raw join detail using (n) where (raw.Tot_Clms is not null and detail.Tot_Clms is null) or (raw.Tot_Drug_Cst is not null and detail.Tot_Drug_Cst is null)",
};

const lines = (condition: string): string => `select count(*) from provider where ${condition}`;
const parts = (columns: readonly string[], total: string): string => {
  const sum = columns.map((c) => `coalesce(${c}, 0)`).join(" + ");
  return `${sum} > ${total} or (${columns.map((c) => `${c} is not null`).join(" and ")} and ${sum} <> ${total})`;
};
const groups: readonly (readonly [flag: string, columns: readonly string[]])[] = [
  ["GE65_Sprsn_Flag", ["GE65_Tot_Clms", "GE65_Tot_30day_Fills", "GE65_Tot_Drug_Cst", "GE65_Tot_Day_Suply"]], ["GE65_Bene_Sprsn_Flag", ["GE65_Tot_Benes"]],
  ...["Brnd", "Gnrc", "Othr", "MAPD", "PDP"].map((p): readonly [string, readonly string[]] => [`${p}_Sprsn_Flag`, [`${p}_Tot_Clms`, `${p}_Tot_Drug_Cst`]]),
  ...["LIS", "NonLIS"].map((p): readonly [string, readonly string[]] => [`${p}_Sprsn_Flag`, [`${p}_Tot_Clms`, `${p}_Drug_Cst`]]),
  ["Antpsyct_GE65_Sprsn_Flag", ["Antpsyct_GE65_Tot_Clms", "Antpsyct_GE65_Tot_Drug_Cst"]], ["Antpsyct_GE65_Bene_Suprsn_Flag", ["Antpsyct_GE65_Tot_Benes"]],
];
const ages = ["LT_65", "65_74", "75_84", "GT_84"].map((c) => `Bene_Age_${c}_Cnt`);
const cells: readonly (readonly string[])[] = [
  ages, ["Bene_Feml_Cnt", "Bene_Male_Cnt"], ["Wht", "Black", "Api", "Hspnc", "Natind", "Othr"].map((c) => `Bene_Race_${c}_Cnt`), ["Bene_Dual_Cnt", "Bene_Ndual_Cnt"],
];
const lone = (columns: readonly string[]): string => `(${columns.map((c) => `(${c} is null)::int`).join(" + ")}) = 1`;

/** Broken lines by rule of the by Provider file. */
export const PROVIDER_SQL: Readonly<Record<string, string>> = {
  C01: "select count(*) from (select 1 from provider group by PRSCRBR_NPI having count(*) > 1)",
  C02: lines(`${parts(["Brnd_Tot_Clms", "Gnrc_Tot_Clms", "Othr_Tot_Clms"], "Tot_Clms")} or ${parts(["Brnd_Tot_Drug_Cst", "Gnrc_Tot_Drug_Cst", "Othr_Tot_Drug_Cst"], "Tot_Drug_Cst")}`),
  C03: lines(`${parts(["MAPD_Tot_Clms", "PDP_Tot_Clms"], "Tot_Clms")} or ${parts(["MAPD_Tot_Drug_Cst", "PDP_Tot_Drug_Cst"], "Tot_Drug_Cst")}`),
  C04: lines(`${parts(["LIS_Tot_Clms", "NonLIS_Tot_Clms"], "Tot_Clms")} or ${parts(["LIS_Drug_Cst", "NonLIS_Drug_Cst"], "Tot_Drug_Cst")}`),
  C05: lines("abs(Opioid_Prscrbr_Rate - 100.0 * Opioid_Tot_Clms / Tot_Clms) > 0.011 or abs(Opioid_LA_Prscrbr_Rate - 100.0 * Opioid_LA_Tot_Clms / nullif(Opioid_Tot_Clms, 0)) > 0.011"),
  C06: lines("Opioid_LA_Tot_Clms > Opioid_Tot_Clms or Opioid_Tot_Clms > Tot_Clms"),
  C07: lines(cells.map((columns) => parts(columns, "Tot_Benes")).join(" or ")),
  C08: lines([["MAPD_Tot_Clms", "PDP_Tot_Clms"], ["LIS_Tot_Clms", "NonLIS_Tot_Clms"], ["Brnd_Tot_Clms", "Gnrc_Tot_Clms", "Othr_Tot_Clms"], ...cells].map(lone).join(" or ")),
  C09: lines(groups.map(([flag, columns]) => `${flag} not in ('*', '#') or ${columns.map((c) => `(${flag} is null) = (${c} is null)`).join(" or ")}`).join(" or ")),
  C10: lines("Bene_Avg_Age not between 0 and 120 or Bene_Avg_Risk_Scre <= 0"),
};
