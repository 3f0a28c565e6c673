"""One step: make the table, write its partition on the branch, set bad rows aside, run the gates.

In: a step of stage.json. Out: its stepReport and gate results.
Never here: main. Nothing a step does can be seen by a reader before the stage forwards it.
"""

import time

from stage_csv import csv_view
from stage_failures import StageRefusal
from stage_jdbc import jdbc_view
from stage_tables import HISTORY_ENDED


class Steps:
    def __init__(self, stage, session, scratch, secrets):
        """`session`: spark, tables, meter, checks (Gates) and output of this stage."""
        self.stage = stage
        self.spark, self.tables, self.meter, self.checks, self.output = session
        self.scratch = scratch
        self.secrets = secrets
        self.running = []
        self.gates = []

    def build(self, step, report):
        """Fills the report. False when a gate failed."""
        self.running = [step["statement"]]
        start = time.monotonic()
        self.output.emit("step-started", step=step["id"])
        try:
            report["outcome"] = "failed"
            outcome = self.write(step, report)
            report["outcome"] = self.check(step, outcome)
        finally:
            report["seconds"] = round(time.monotonic() - start, 3)
            self.output.emit("step-finished", report=report)
        return report["outcome"] != "gate-failed"

    def write(self, step, report):
        quarantine = step.get("quarantine")
        self.tables.ensure(step["table"], step["columns"])
        self.tables.ensure_branch(step["table"])
        if quarantine:
            self.tables.ensure(quarantine["table"], quarantine["columns"])
            self.tables.ensure_branch(quarantine["table"])
        find = self.tables.built_on_branch if step.get("rebuild") else self.tables.built
        found = find(step["table"], step["year"])
        done = found == step["fingerprint"]
        if step["mode"] == "check" and not done and found != HISTORY_ENDED:
            raise StageRefusal("contract", f"year {step['year']} of {step['table']} is not what was to be checked",
                               {"table": step["table"], "year": step["year"], "expected": step["fingerprint"], "found": found})
        if not done and step["mode"] != "check":
            report["source"] = self.source(step)
            if step.get("rows"):
                self.register_rows(step)
            self.running = [step["statement"]] + ([step["rows"]["statement"]] if step.get("rows") else [])
            with self.meter.statement(step["statement"]["id"]) as written:
                written.update(self.tables.write(step, step["table"], step["statement"]["sql"]))
        report["rows"] = self.tables.check_nulls(step)
        report["snapshot"] = self.tables.snapshot(step["table"])
        if quarantine:
            self.set_aside(step, report)
        if step["mode"] == "check":
            return "checked"
        return "already-built" if done else "built"

    def register_rows(self, step):
        self.running = [step["rows"]["statement"]]
        self.spark.sql(step["rows"]["statement"]["sql"]).createOrReplaceTempView(step["rows"]["view"])

    def source(self, step):
        source = step.get("source")
        if source is None:
            return None
        self.running = []
        if source["kind"] == "csv":
            return csv_view(self.spark, source, self.scratch)
        return jdbc_view(self.spark, {**source, "password": self.secrets.password(self.spark, source)}, step["table"], step["year"])

    def set_aside(self, step, report):
        """Quarantine holds the rows that the table does not. Asked of both tables, so a repeat repairs a half."""
        table, year = step["quarantine"]["table"], step["year"]
        rows_in = self.input_rows(step)
        aside = self.tables.partition(table, year)["rows"]
        if step["mode"] == "check":
            pass
        elif rows_in == report["rows"]:
            if aside:
                self.tables.clear(step, table, step["quarantine"]["columns"])
        elif (self.tables.built_on_branch if step.get("rebuild") else self.tables.built)(table, year) != step["fingerprint"]:
            self.register_rows(step)
            statement = step["quarantine"]["statement"]
            self.running = [statement, step["rows"]["statement"]]
            with self.meter.statement(statement["id"]) as written:
                written.update(self.tables.write(step, table, statement["sql"]))
        report["quarantined"] = self.tables.partition(table, year)["rows"]
        if rows_in is not None and rows_in != report["rows"] + report["quarantined"]:
            raise StageRefusal("contract", f"{rows_in} rows were read for {step['table']}, but {report['rows']} are in it and "
                                           f"{report['quarantined']} in quarantine",
                               {"table": step["table"], "read": rows_in, "kept": report["rows"], "quarantined": report["quarantined"]})

    def input_rows(self, step):
        table = (step.get("rows") or {}).get("input_table")
        if table is None:
            return None
        parts = table.split(".")
        if len(parts) == 4 and parts[3].startswith("branch_"):
            return self.tables.partition(".".join(parts[:3]), step["year"], parts[3][len("branch_"):])["rows"]
        ours = any(s["table"] == table for s in self.stage["steps"])
        return self.tables.partition(table, step["year"], self.stage["branch"] if ours else "main")["rows"]

    def check(self, step, outcome):
        self.checks.running = None
        results = []
        try:
            self.checks.run(step, results)
        except Exception:
            self.running = [self.checks.running] if self.checks.running else []
            raise
        finally:
            self.gates.extend(results)
        return "gate-failed" if any(r["verdict"] == "failed" for r in results) else outcome
