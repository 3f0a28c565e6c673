// Failures of the SQL and of the data it meets.

import type { FailureClass } from "../../driver/failure-class.js";
import type { Cause } from "./cause.js";
import { runSpark } from "./spark-run.js";

const sql = (name: string, failure: FailureClass, done: string, select: string): Cause => ({ name, class: failure, done, origin: "real", select, make: (bench) => runSpark(bench, { select }) });

export const sqlCauses: readonly Cause[] = [
  sql("sql_that_does_not_parse", "analysis", "a select without its from", "select name, count(*) claims\nform range(3)\ngroup by name"),
  sql("column_that_is_not_there", "analysis", "a column spelt wrong", "select\n  name,\n  clams as claims\nfrom values ('a', 1L) as t (name, claims)"),
  sql("function_that_is_not_there", "analysis", "a function of another database", "select name,\n  nvl3(claims, 1, 2) as claims\nfrom values ('a', 1L) as t (name, claims)"),
  sql("types_that_do_not_fit", "analysis", "an array where text is asked for", "select upper(array(1, 2)) as name,\n  1L as claims"),
  sql("table_that_is_not_there", "missing-table", "a table that no job builds", "select name, claims\nfrom lake.logs.never_built"),
  sql("column_of_another_type", "contract", "text for a column of whole numbers", "select 'a' as name,\n  'many' as claims"),
  sql("null_in_a_cast", "data", "text that is no number is cast", "select name,\n  cast(amount as bigint) as claims\nfrom values ('a', '12'), ('b', 'n/a') as t (name, amount)"),
  sql("number_that_overflows", "data", "a product beyond 64 bits", "select name,\n  claims * 9223372036854775807 as claims\nfrom values ('a', 2L) as t (name, claims)"),
  sql("division_by_zero", "data", "a division by a count of zero", "select name,\n  cast(10 / claims as bigint) as claims\nfrom values ('a', 0L) as t (name, claims)"),
  sql("subquery_with_several_rows", "data", "a scalar subquery that finds two rows", "select 'a' as name,\n  (select id from range(2)) as claims"),
  sql("date_that_is_none", "data", "a date in another form than was said", "select name,\n  year(to_date(day, 'yyyy-MM-dd')) as claims\nfrom values ('a', '31/12/2023') as t (name, day)"),
  sql("index_beyond_an_array", "data", "the third of two elements", "select 'a' as name,\n  cast(split(parts, ',')[2] as bigint) as claims\nfrom values ('1,2') as t (parts)"),
];
