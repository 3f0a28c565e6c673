"""The JDBC rival of publication: segments as text to a MySQL table through Spark's own writer.

In: arguments folder of the segments, JDBC URL, connections, file for the seconds. Out: rows in table `detail`.
Never here: reading counts in the seconds, so the rows are cached first.
"""

import json
import sys
import time

from pyspark.sql import SparkSession

SCHEMA = ("year int, prescriber_npi bigint, drug_name string, generic_name string, state string, specialty string, claims int, "
          "days int, cost_usd decimal(18,2), cost_65_usd decimal(18,2), is_opioid int, first_date date")


def main(folder, url, connections, told):
    spark = SparkSession.builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
    rows = spark.read.schema(SCHEMA).csv(f"{folder}/*.txt", sep="\t", quote="", nullValue="\\N").coalesce(int(connections)).cache()
    rows.count()
    start = time.monotonic()
    rows.write.mode("append").jdbc(url, "detail", properties={"user": "jdbc", "password": "jdbc", "driver": "com.mysql.cj.jdbc.Driver", "batchsize": "1000"})
    with open(told, "w", encoding="utf-8") as file:
        json.dump({"seconds": time.monotonic() - start}, file)
    spark.stop()


main(*sys.argv[1:])
