"""In: a JSON file of cases, each with statements that make its views and one query. Out: a JSON file with each case's rows or error.

Never here: how SQL is made, what a case expects. One Spark session for all cases.
"""

import json
import sys

from pyspark.sql import SparkSession


def run(spark, case):
    try:
        for statement in case["setup"]:
            spark.sql(statement)
        return {"rows": [row.asDict() for row in spark.sql(case["query"]).collect()]}
    except Exception as error:  # an answer like any other: the test says which case it was
        return {"error": str(error)}


def main(source, target):
    with open(source, encoding="utf-8") as file:
        told = json.load(file)
    spark = SparkSession.builder.getOrCreate()
    for name, value in told["session"].items():
        spark.conf.set(name, value)
    answers = {case["id"]: run(spark, case) for case in told["cases"]}
    with open(target, "w", encoding="utf-8") as file:
        json.dump(answers, file)
    spark.stop()


main(sys.argv[1], sys.argv[2])
