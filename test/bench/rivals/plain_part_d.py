"""The plain rival: CSV to raw, cleansed and curated Iceberg tables, without gates, quarantine, branches or publication.

In: arguments folder, year, seconds.json. Out: the tables in catalog `lake`, seconds by table in the file.
Never here: a setting that carelake's own session does not have; session settings come from outside for both.
"""

import glob
import json
import os
import sys
import time

from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructField, StructType

FILES = {"prescriber_drug": "*_NPIBN*.csv", "prescriber": "*_NPI.csv", "drug": "drug_lists_*.csv", "state": "us_cities*.csv"}
# The same table settings as ours: rivals differ in what they do, not in how their files are packed.
PROPERTIES = {"write.distribution-mode": "none", "write.spark.fanout.enabled": "true",
              "write.parquet.compression-codec": "zstd", "write.parquet.compression-level": "1"}


def sections(path):
    with open(path, encoding="utf-8") as file:
        parts = file.read().split("-- table: ")[1:]
    return [part.split("\n", 1) for part in parts]


# The drug list has three title lines above its header, and a header in words; the other files' names are columns already.
DRUG_LIST = ["brnd_name", "gnrc_name", "opioid_drug_flag", "opioid_la_drug_flag", "antbtc_drug_flag", "antpsyct_drug_flag",
             "ndc_conflict_flag"]


def read_csv(spark, source, path):
    with open(path, encoding="utf-8-sig") as file:
        header = next(file).rstrip("\r\n").replace('"', "").split(",")
    names = DRUG_LIST if source == "drug" else [name.lower() for name in header]
    schema = StructType([StructField(name, StringType()) for name in names])
    frame = spark.read.schema(schema).option("header", source != "drug").option("escape", '"').csv("file://" + path)
    if source == "drug":
        frame = frame.where("antpsyct_drug_flag in ('Y', 'N')")
    return frame.withColumn("source_file", F.lit(os.path.basename(path)))


def write(frame, name, year):
    zone, table = name.split("_", 1)
    writer = frame.withColumn("year", F.lit(int(year))).writeTo(f"lake.{zone}.{table}").using("iceberg").partitionedBy(F.col("year"))
    for key, value in PROPERTIES.items():
        writer = writer.tableProperty(key, value)
    writer.create()


def main(folder, year, out):
    start = time.monotonic()
    spark = SparkSession.builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    seconds = {"session": time.monotonic() - start}

    def timed(name, frame):
        began = time.monotonic()
        write(frame, name, year)
        seconds[name] = time.monotonic() - began
        zone, table = name.split("_", 1)
        spark.table(f"lake.{zone}.{table}").createOrReplaceTempView(name)

    for zone in ("raw", "cleansed", "curated"):
        spark.sql(f"create namespace if not exists lake.{zone}")
    for source, pattern in FILES.items():
        found = glob.glob(os.path.join(os.path.abspath(folder), pattern))
        if len(found) != 1:
            raise SystemExit(f"{pattern} in {folder}: {len(found)} files")
        timed(f"raw_{source}", read_csv(spark, source, found[0]))
    for name, sql in sections(os.path.join(os.path.dirname(os.path.abspath(__file__)), "part_d.sql")):
        timed(name.strip(), spark.sql(sql))
    seconds["total"] = time.monotonic() - start
    with open(out, "w", encoding="utf-8") as file:
        json.dump(seconds, file)
    spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
