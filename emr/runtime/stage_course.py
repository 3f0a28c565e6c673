"""One stage on Spark, step by step: session, tables, gates, exports, then main moved forward, and the report.

In: the stage as driver/stage.ts tells it. Out: events, report, segments, and tables whose main branch moved only when
every gate of the stage passed. Never here: process exit, signals, where stage.json lies.
"""

import logging
import time

from pyspark.logger import PySparkLogger
from pyspark.sql import SparkSession

from stage_export import Exports
from stage_gates import Gates
from stage_maintenance import Maintenance
from stage_metrics import Meter, python_peak
from stage_steps import Steps
from stage_tables import Tables

FORMAT = 1


class GateFailed(Exception):
    """A gate of severity error has offenders; the report says which."""


class Stage:
    def __init__(self, stage, output, secrets, started):
        self.stage = stage
        self.output = output
        self.secrets = secrets
        self.started = started
        self.scratch = output.scratch(stage["stage"])
        self.spark = None
        self.meter = None
        self.versions = {"version": "", "application": "", "iceberg": ""}
        self.session_seconds = 0.0
        self.step = None
        self.builder = None
        self.steps = {s["id"]: blank(s) for s in stage["steps"]}
        self.exports = []
        self.forwarded = []
        self.maintenance = []

    # ---- data path --------------------------------------------------------------------------------------

    def run(self):
        self.open_session()
        for table in self.read_before_written():
            if self.spark.catalog.tableExists(table):
                self.tables.require_own(table)
                self.tables.ensure_branch(table)
        self.build()
        self.step = None
        exports = Exports(self.spark, self.tables, self.meter, self.output)
        for export in self.stage["exports"]:
            self.builder.running = [{"id": export["id"], "sql": ""}]
            self.exports.append(exports.run(export))
        self.builder.running = []
        self.forward()
        if self.stage.get("maintenance"):
            self.maintenance = Maintenance(self.spark, self.tables).run(self.stage["maintenance"])

    def build(self):
        """A failed table stops what reads it. The others are built all the same: all that is wrong is told at once."""
        lost, first = [], None
        for step in self.stage["steps"]:
            if reads_any(step, lost):
                lost.append(self.on_branch(step))
                continue
            self.step = step["id"]
            if not self.builder.build(step, self.steps[step["id"]]):
                lost.append(self.on_branch(step))
                first = first or step["id"]
        if first is not None:
            self.step = first
            raise GateFailed()

    def on_branch(self, step):
        return f"{step['table']}.branch_{self.stage['branch']}"

    def open_session(self):
        self.spark = start_session()
        # A column that an insert forgets is an error, not a column of nulls.
        self.spark.conf.set("spark.sql.defaultColumn.useNullsForMissingDefaultValues", "false")
        for key, value in self.stage["session"].items():
            self.spark.conf.set(key, value)
        self.tables = Tables(self.spark, self.stage["branch"], self.stage["run"])
        self.meter = Meter(self.spark, self.output)
        checks = Gates(self.spark, self.tables, self.meter, self.output)
        session = (self.spark, self.tables, self.meter, checks, self.output)
        self.builder = Steps(self.stage, session, self.scratch, self.secrets)
        self.versions = {"version": self.spark.version, "application": self.spark.sparkContext.applicationId,
                         "iceberg": self.spark._jvm.org.apache.iceberg.IcebergBuild.version()}
        self.session_seconds = time.monotonic() - self.started
        self.output.emit("stage-started", spark=self.spark.version, application=self.versions["application"])

    def tables_in_order(self):
        """Tables that the stage writes, then those it only exports. Quarantine before its table: whoever sees the
        table's new rows can see those set aside from them."""
        wanted = [t for s in self.stage["steps"] for t in ((s.get("quarantine") or {}).get("table"), s["table"]) if t]
        return list(dict.fromkeys(wanted + [e["table"] for e in self.stage["exports"]]))

    def read_before_written(self):
        """Tables whose branch a step of an earlier year reads, or that are only exported: no step has made it by then."""
        made, early = set(), []
        for step in self.stage["steps"]:
            made |= {step["table"], (step.get("quarantine") or {}).get("table")}
            early += [t for t in self.tables_in_order() if t not in made and reads_any(step, [f"{t}.branch_{self.stage['branch']}"])]
        return list(dict.fromkeys(early + [e["table"] for e in self.stage["exports"] if e["table"] not in made]))

    def forward(self):
        tables = self.tables_in_order()
        for table in tables:
            snapshot = self.tables.forward(table)
            if snapshot is not None:
                self.forwarded.append(table)
                self.output.emit("forwarded", table=table, snapshot=snapshot)
        for table in tables:
            self.tables.drop_branch(table)
            self.tables.drop_stale_branches(table)

    def drop_idle_branches(self):
        """After a failure only what was written stays for a look."""
        for table in self.tables_in_order():
            if self.spark.catalog.tableExists(table) and self.tables.snapshot(table) == self.tables.snapshot(table, "main"):
                self.tables.drop_branch(table)

    # ---- end --------------------------------------------------------------------------------------------

    def close(self, outcome, failed, going):
        """`going`: the JVM can be asked. After a signal it may be ending, and an answer may never come."""
        memory = {"driver_jvm": 0, "driver_python": python_peak(), "executor_jvm": 0}
        if going:
            try:
                memory = {**memory, "driver_jvm": self.meter.jvm_peak(), "executor_jvm": self.meter.executor_peak()}
            except Exception:  # there was no session, or its JVM is gone
                pass
        self.output.report({
            "format": FORMAT, "run": self.stage["run"], "stage": self.stage["stage"], "outcome": outcome,
            "spark": self.versions,
            "seconds": {"session": round(self.session_seconds, 3), "total": round(time.monotonic() - self.started, 3)},
            "peak_memory_bytes": memory, "steps": list(self.steps.values()),
            "statements": self.meter.statements if self.meter else [],
            "gates": self.builder.gates if self.builder else [], "exports": self.exports, "forwarded": self.forwarded, "maintenance": self.maintenance, "failure": failed,
        }, going)
        self.output.emit("stage-finished", outcome=outcome)
        self.output.close(going)
        if going or self.scratch.folder == self.scratch.local:
            self.scratch.clear()


def start_session():
    for name in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):
        PySparkLogger.getLogger(name).setLevel(logging.CRITICAL + 1)
    spark = SparkSession.builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def blank(step):
    return {"id": step["id"], "job": step["job"], "table": step["table"], "year": step["year"], "fingerprint": step["fingerprint"],
            "outcome": "not-reached", "rows": None, "quarantined": None, "snapshot": None, "seconds": 0.0, "source": None}


def reads_any(step, tables):
    """Whether a statement of the step, gates included, names one of the tables."""
    statements = [step["statement"], (step.get("rows") or {}).get("statement"), *(g.get("statement") for g in step["gates"])]
    return any(table in s["sql"] for s in statements if s for table in tables)
