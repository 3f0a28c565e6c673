"""Loads what a stage loads, so that set-up can keep its classes in an archive and later starts need not parse them.

In: a scratch folder. Out: nothing; the JVM that runs this writes the archive when it ends.
Never here: a lake of a user.
"""

import os
import sys

from pyspark.sql import SparkSession

scratch = sys.argv[1]
spark = SparkSession.builder.getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
source = os.path.join(scratch, "rows.csv")
with open(source, "w", encoding="utf-8") as out:
    out.write("key,name,amount\n" + "".join(f"{n},name {n % 7},{n}.50\n" for n in range(200)))
frame = (spark.read.schema("key string, name string, amount string, unparsed string")
         .options(header=True, mode="PERMISSIVE", columnNameOfCorruptRecord="unparsed", columnPruning=False).csv(source))
frame.createOrReplaceTempView("source_rows")
spark.sql("create namespace if not exists lake.warm_up")
for table in ("raw", "typed"):
    columns = "key string, name string, amount decimal(14,2), warnings array<string>" if table == "typed" else "key string, name string, amount string"
    spark.sql(f"create table lake.warm_up.{table} ({columns}, year int) using iceberg partitioned by (year)")
    spark.sql(f"alter table lake.warm_up.{table} create branch if not exists `run_1`")
spark.sql("insert overwrite table lake.warm_up.raw.branch_run_1 partition (year = 2000) by name select key, name, amount from source_rows")
spark.sql("""insert overwrite table lake.warm_up.typed.branch_run_1 partition (year = 2000) by name
    select key, name, try_cast(amount as decimal(14, 2)) as amount,
        case when key not rlike '^[0-9]+$' then filter(array(case when amount < 0 then 'a' end), id -> id is not null)
        else cast(array() as array<string>) end as warnings
    from lake.warm_up.raw.branch_run_1 where year = 2000""")
spark.sql("""select r.name, count(*), sum(t.amount), min(xxhash64(t.key)) from lake.warm_up.typed.branch_run_1 as t
    inner join lake.warm_up.raw.branch_run_1 as r on t.key = r.key left anti join source_rows as s on s.key = t.name
    where t.year = 2000 group by r.name having count(*) > 1 order by 1""").collect()
spark.sql("select id, count(*) from (select explode(warnings) as id from lake.warm_up.typed.branch_run_1) group by id").collect()
spark.sql("select concat_ws('\\t', key, name) from lake.warm_up.typed.branch_run_1").repartitionByRange(2, "concat_ws(\t, key, name)").write.text(os.path.join(scratch, "text"))
for table in ("raw", "typed"):
    spark.sql(f"call lake.system.fast_forward('warm_up.{table}', 'main', 'run_1')")
    spark.sql(f"alter table lake.warm_up.{table} drop branch `run_1`")
spark.stop()
