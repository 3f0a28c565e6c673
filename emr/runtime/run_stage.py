"""Runs one stage of a carelake plan on Spark: spark-submit run_stage.py <stage.json>.

In: stage.json (driver/stage.ts, StageFile), a path or an s3:// URI. Out: events, report.json, segments with
manifest.json, and tables whose main branch moved only when every gate of the stage passed.
Exit: 0 done, 3 a gate failed, 1 the rest.
Never here: SQL of a pipeline; a secret; the command line of an engine. The same file serves every engine.
"""

import json
import logging
import os
import signal
import sys
import time

# The folder may be read-only or shared by many stages at once.
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from py4j.protocol import Py4JError  # noqa: E402
from pyspark.logger import PySparkLogger  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402

from stage_export import Exports  # noqa: E402
from stage_failures import Interrupted, StageRefusal, failure  # noqa: E402
from stage_gates import Gates  # noqa: E402
from stage_maintenance import Maintenance  # noqa: E402
from stage_metrics import Meter, python_peak  # noqa: E402
from stage_output import Redactor, last_words, output_at, tell_error  # noqa: E402
from stage_places import ObjectFiles, UnsupportedUri, is_object  # noqa: E402
from stage_secrets import Secrets  # noqa: E402
from stage_steps import Steps  # noqa: E402
from stage_tables import Tables  # noqa: E402

FORMAT = 1
EXIT = {"succeeded": 0, "failed": 1, "gate-failed": 3}


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


def gate_failure(stage, redactor):
    failed = [g for g in stage.builder.gates if g["verdict"] == "failed"]
    names = ", ".join(f"{g['id']} {g['name']}" for g in failed)
    refusal = StageRefusal("gate", f"failed: {names}", {"gates": [g["id"] for g in failed]})
    return failure(refusal, stage.step, [], redactor)


def stop(signum, frame):
    # Once: a second signal must not cut off the report of the first.
    signal.signal(signum, signal.SIG_IGN)
    raise Interrupted()


def read_told(place):
    """What the stage is told. On S3 it is read by the session, which is the same as the stage's own."""
    if is_object(place):
        return json.loads(ObjectFiles(start_session()).read(place))
    with open(place, encoding="utf-8") as file:
        return json.load(file)


def untold(place, why, error, redactor):
    """There is no place to report to: the log is all there is."""
    failed = failure(error, None, [], redactor)
    last_words({"place": place, "outcome": "failed", "failure": failed})
    tell_error(f"{place} {why}: {failed['kind']}: {failed['message']}")
    return EXIT["failed"]


def main(arguments):
    started = time.monotonic()
    if len(arguments) != 1:
        print("usage: run_stage.py <stage.json>", file=sys.stderr)
        return EXIT["failed"]
    secrets = Secrets(Redactor([]))
    if is_object(arguments[0]):
        signal.signal(signal.SIGTERM, stop)
        try:
            told = read_told(arguments[0])
        except (Exception, Interrupted, KeyboardInterrupt) as error:
            return untold(arguments[0], "cannot be read", error, secrets.redactor)
    else:
        told = read_told(arguments[0])
    if told.get("format") != FORMAT:
        print(f"{arguments[0]} has format {told.get('format')}, this runner reads format {FORMAT}", file=sys.stderr)
        return EXIT["failed"]
    secrets.expect(s["source"] for s in told["steps"] if s.get("source"))
    try:
        output = output_at(told, start_session() if is_object(told["report"]) else None)
    except (UnsupportedUri, OSError, Py4JError) as error:
        if is_object(told["report"]):
            return untold(arguments[0], "cannot be reported on", error, secrets.redactor)
        print(f"cannot write events or report: {error}", file=sys.stderr)
        return EXIT["failed"]
    return carry_out(Stage(told, output, secrets, started))


def carry_out(stage):
    redactor = stage.secrets.redactor
    signal.signal(signal.SIGTERM, stop)
    outcome, failed = "succeeded", None
    try:
        stage.run()
    except GateFailed:
        outcome, failed = "gate-failed", gate_failure(stage, redactor)
    except (Exception, Interrupted, KeyboardInterrupt) as error:
        outcome, failed = "failed", failure(error, stage.step, stage.builder.running if stage.builder else [], redactor)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    going = failed is None or not (failed["kind"] == "interrupted" or failed["detail"].get("jvm_lost"))
    stage.close(outcome, failed, going)
    if failed is not None:
        tell_error(f"{failed['kind']}: {failed['message']}")
    if going:
        try:
            if failed is not None:
                stage.drop_idle_branches()
        except Exception:  # a disk that is full or read-only: the next run drops them
            pass
        try:
            stage.spark.stop()
        except Exception:  # nothing to stop
            pass
    return EXIT[outcome]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
