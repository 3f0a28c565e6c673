"""Gates of one step, read from the branch before anything is visible.

In: gates of stage.json, tables on the branch. Out: gateResult values, in the order of the step's gates.
Never here: a write; more than a few sample rows in Python.
"""

import datetime
import decimal
import time

from stage_failures import by_its_sql
from stage_tables import name_of, quoted

SAMPLES = 5
SAMPLE_COLUMNS = 8
RARE = 50


def plain(value):
    """A sample value as JSON: exact, short, readable."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else str(value)
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    if isinstance(value, (list, tuple)) and not hasattr(value, "asDict"):
        return [plain(v) for v in value]
    if hasattr(value, "asDict"):
        return {k: plain(v) for k, v in value.asDict().items()}
    text = str(value)
    return text if len(text) <= 300 else text[:299] + "…"


def sample(row):
    return {name: plain(value) for name, value in row.asDict().items()}


class Gates:
    def __init__(self, spark, tables, meter, output):
        self.spark = spark
        self.tables = tables
        self.meter = meter
        self.output = output
        self.running = None

    def run(self, step, results):
        """Fills `results`. A gate whose statement raises does not keep the others from being judged; then it is raised."""
        kept = self.tables.partition(step["table"], step["year"])["rows"]
        aside = self.tables.partition(step["quarantine"]["table"], step["year"])["rows"] if step.get("quarantine") else 0
        found = self.row_offenders(step, aside)
        broken = None
        for gate in step["gates"]:
            rows = kept + aside if gate["kind"] == "row" else kept
            try:
                result = self.judge(step, gate, rows, found)
            except Exception as error:
                if broken is None:
                    broken = (error, self.running)
                if not by_its_sql(error):
                    break
                continue
            results.append(result)
            self.output.emit("gate", result=result)
        if broken is not None:
            error, self.running = broken
            raise error

    def judge(self, step, gate, rows, found):
        base = {"step": step["id"], "id": gate["id"], "name": gate["name"], "severity": gate["severity"], "rows": rows,
                "tolerance": gate["tolerance"], "offenders": 0, "samples": [], "seconds": 0.0}
        if gate.get("not_applicable"):
            return {**base, "verdict": "not-applicable", "reason": gate["not_applicable"]}
        if gate["kind"] == "row":
            if rows == 0:
                return {**base, "verdict": "not-applicable", "reason": "the partition has no rows"}
            offenders, samples, seconds = found.get(gate["id"], (0, [], 0.0))
            return self.verdict({**base, "offenders": offenders, "samples": samples, "seconds": seconds}, gate)
        start = time.monotonic()
        condition = gate.get("applicable_when")
        if condition:
            self.running = {"id": gate["statement"]["id"], "sql": condition["sql"]}
            if not self.spark.sql(condition["sql"]).take(1):
                return {**base, "verdict": "not-applicable", "reason": condition["else_reason"]}
        offenders, samples = self.set_offenders(gate)
        seconds = round(time.monotonic() - start, 3)
        return self.verdict({**base, "offenders": offenders, "samples": samples, "seconds": seconds}, gate)

    def verdict(self, result, gate):
        if gate["severity"] == "info":
            return {**result, "verdict": "noted", "reason": None}
        if result["offenders"] == 0:
            return {**result, "verdict": "passed", "reason": None}
        if gate.get("offenders") == "quarantine":
            # The rule did its work: the rows are not in the table. How many may be set aside is a set rule of its own.
            return {**result, "verdict": "warned", "reason": "offending rows were set aside in quarantine"}
        tolerance = 0 if gate.get("offenders") == "block" else gate["tolerance"]
        if result["offenders"] <= tolerance * result["rows"]:
            return {**result, "verdict": "passed", "reason": "within the tolerated share"}
        return {**result, "verdict": "failed" if gate["severity"] == "error" else "warned", "reason": None}

    def set_offenders(self, gate):
        """One run of the select answers when few rows or none come back; only then is it worth a count."""
        statement = self.running = gate["statement"]
        with self.meter.statement(statement["id"]) as written:
            frame = self.spark.sql(statement["sql"])
            rows = frame.limit(SAMPLES + 1).collect()
            written["rows"] = len(rows) if len(rows) <= SAMPLES else frame.count()
        return written["rows"], [sample(r) for r in rows[:SAMPLES]]

    # ---- row rules --------------------------------------------------------------------------------------

    def row_offenders(self, step, aside):
        """Gate id → (offenders, samples, seconds). One pass over each place that can hold offenders."""
        active = [g for g in step["gates"] if g["kind"] == "row" and not g.get("not_applicable")]
        in_quarantine = [g["id"] for g in active if g.get("offenders") in ("quarantine", "block")]
        in_table = [g["id"] for g in active if g.get("offenders") == "warnings"]
        found = {}
        if in_quarantine and aside:
            found.update(self.place(step, (step["quarantine"]["table"], "quarantine_reasons"), in_quarantine,
                                    step["quarantine"]["columns"]))
        if in_table and any(c["name"] == "warnings" for c in step["columns"]):
            found.update(self.place(step, (step["table"], "warnings"), in_table, step["columns"]))
        return found

    def place(self, step, where, ids, columns):
        table, array = where
        source = f"{table}.branch_{self.tables.branch}"
        start = time.monotonic()
        self.running = {"id": f"{step['id']}#{array}",
                        "sql": f"select id, count(*) as n from (select explode({array}) as id from {source} "
                               f"where year = {step['year']}) group by id"}
        with self.meter.statement(self.running["id"]):
            counts = {row["id"]: row["n"] for row in self.spark.sql(self.running["sql"]).collect()}
            counts = {i: counts[i] for i in ids if i in counts}
            rows = f"from {source} where year = {step['year']}"
            samples = self.samples(rows, array, counts, self.shown(columns, array))
        seconds = round(time.monotonic() - start, 3)
        return {i: (n, samples[i], seconds) for i, n in counts.items()}

    def shown(self, columns, array):
        """The first columns say which row it is: keys stand first in a contract. A line that was no row says it all."""
        names = [c["name"] for c in columns if c["name"] not in (array, "year") and not c["type"].startswith("array")]
        whole = [n for n in names[SAMPLE_COLUMNS:] if n in ("source_file", "unparsed_line")]
        return names[:SAMPLE_COLUMNS] + whole

    def samples(self, rows, array, counts, names):
        """A common offender is met after a few rows; all rare ones are fetched in one pass, not one pass each."""
        listed = ", ".join(name_of(n) for n in names)
        found = {i: [] for i in counts}
        rare = [i for i, n in counts.items() if n <= RARE]
        if rare:
            wanted = ", ".join(quoted(i) for i in rare)
            self.running = {"id": self.running["id"], "sql": f"select {listed}, {array} as ids__ {rows} and "
                            f"arrays_overlap({array}, array({wanted})) limit {sum(counts[i] for i in rare)}"}
            for row in self.spark.sql(self.running["sql"]).collect():
                for i in set(row["ids__"]).intersection(rare):
                    if len(found[i]) < SAMPLES:
                        found[i].append({k: v for k, v in sample(row).items() if k != "ids__"})
        for i in (i for i in counts if i not in rare):
            sql = f"select {listed} {rows} and array_contains({array}, {quoted(i)}) limit {SAMPLES}"
            found[i] = [sample(r) for r in self.spark.sql(sql).collect()]
        return found
