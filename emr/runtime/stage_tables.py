"""Iceberg tables of a stage: made and widened after their contract, written on a branch, forwarded to main.

In: steps of stage.json. Out: tables, branches, facts of snapshots.
Never here: a drop, a retype or a replace of a table; a forced move of main.

What makes a repeat safe: every write carries its fingerprint and partition in the summary of its snapshot, so
what was done is asked of the table itself. Whatever moment an attempt was killed at, the next one finds the
table before or after a commit, never between.
"""

from stage_failures import StageRefusal

# One write touches one partition: shuffling or sorting rows by partition would be pure cost, hence no
# distribution and the fan-out writer. zstd 1 writes fastest at nearly the size of the default level.
PROPERTIES = {
    "write.distribution-mode": "none",
    "write.spark.fanout.enabled": "true",
    "write.parquet.compression-codec": "zstd",
    "write.parquet.compression-level": "1",
}
# The write of a partition lies in snapshots that were expired: nobody can say any more what it was.
HISTORY_ENDED = "history-ended"
SUMMARY = "spark.sql.iceberg.snapshot-property."
SAME = {"integer": "int", "long": "bigint", "timestamp_ltz": "timestamp"}


def plain_type(text):
    text = text.lower().replace(" ", "")
    return SAME.get(text, text)


def quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def name_of(column):
    return "`" + column.replace("`", "``") + "`"


class Tables:
    def __init__(self, spark, branch, run):
        self.spark = spark
        self.branch = branch
        self.run = run
        self.written = set()

    # ---- contract ---------------------------------------------------------------------------------------

    def ensure(self, table, columns):
        """Makes the table, or adds the columns it lacks. Refuses a column that is retyped or dropped."""
        columns = [c for c in columns if c["name"] != "year"]
        catalog, namespace, _ = self.parts(table)
        self.spark.sql(f"create namespace if not exists {catalog}.{namespace}")
        listed = ", ".join(f"{name_of(c['name'])} {c['type']} comment {quoted(c['comment'])}" for c in columns)
        properties = ", ".join(f"{quoted(k)} = {quoted(v)}" for k, v in PROPERTIES.items())
        self.spark.sql(f"create table if not exists {table} ({listed}, year int comment 'Data year.') "
                       f"using iceberg partitioned by (year) tblproperties ({properties})")
        self.require_own(table)
        self.widen(table, columns)

    def require_own(self, table):
        """Glue knows one table of a name in an account and region, whatever lake it lies in: another lake's is left alone."""
        catalog = f"spark.sql.catalog.{self.parts(table)[0]}"
        if self.spark.conf.get(f"{catalog}.type") != "glue":
            return
        location, warehouse = self.load(table).location(), self.spark.conf.get(f"{catalog}.warehouse")
        if not location.startswith(warehouse.rstrip("/") + "/"):
            raise StageRefusal("configuration", f"{table} belongs to another lake: it lies in {location}, this lake's tables lie in {warehouse}; "
                               "Glue knows one table of a name in an account and region, so a second lake needs a region or account of its own",
                               {"table": table, "location": location, "warehouse": warehouse})

    def widen(self, table, columns):
        found = {f.name: plain_type(f.dataType.simpleString()) for f in self.spark.table(table).schema.fields}
        known = {c["name"] for c in columns}
        for column in columns:
            have, want = found.get(column["name"]), plain_type(column["type"])
            if have and have != want:
                raise StageRefusal("contract", f"column {column['name']} of {table} is {have}, the contract says {want}",
                                   {"table": table, "column": column["name"], "table_type": have, "contract_type": want})
        for name in found:
            if name != "year" and name not in known:
                raise StageRefusal("contract", f"column {name} ({found[name]}) of {table} is not in the contract any more",
                                   {"table": table, "column": name, "table_type": found[name], "contract_type": None})
        before = None
        for column in columns:
            if column["name"] not in found:
                where = f"after {name_of(before)}" if before else "first"
                self.spark.sql(f"alter table {table} add columns "
                               f"({name_of(column['name'])} {column['type']} comment {quoted(column['comment'])} {where})")
            before = column["name"]

    def parts(self, table):
        parts = table.split(".")
        if len(parts) != 3:
            raise StageRefusal("internal", f"a table needs a three-part name, got {table}", {"table": table})
        return parts

    # ---- branch -----------------------------------------------------------------------------------------

    def load(self, table):
        loaded = self.spark._jvm.org.apache.iceberg.spark.Spark3Util.loadIcebergTable(self.spark._jsparkSession, table)
        loaded.refresh()
        return loaded

    def head(self, iceberg, ref):
        found = iceberg.refs().get(ref)
        return iceberg.snapshot(found.snapshotId()) if found is not None else None

    def ancestors(self, iceberg, snapshot):
        while snapshot is not None:
            yield snapshot
            parent = snapshot.parentId()
            snapshot = iceberg.snapshot(parent) if parent is not None else None

    def ensure_branch(self, table):
        """The branch of this run, made from main. One that main has left behind holds nothing anyone can use."""
        iceberg = self.load(table)
        main, own = self.head(iceberg, "main"), self.head(iceberg, self.branch)
        if own is not None and main is not None:
            if any(s.snapshotId() == main.snapshotId() for s in self.ancestors(iceberg, own)):
                return
            self.drop_branch(table)
        self.spark.sql(f"alter table {table} create branch if not exists `{self.branch}`")

    def drop_branch(self, table):
        self.spark.sql(f"alter table {table} drop branch if exists `{self.branch}`")

    def drop_stale_branches(self, table):
        """Branches of runs that failed or were given up: one driver works at a time, so no other run needs them."""
        refs = self.load(table).refs()
        for name in [str(each) for each in refs.keySet().toArray()]:
            if name.startswith("run_") and name != self.branch:
                self.spark.sql(f"alter table {table} drop branch if exists `{name}`")

    def built(self, table, year, ref=None):
        """Fingerprint of the last write to the partition, None when it was not one of ours, or HISTORY_ENDED."""
        iceberg, oldest = self.load(table), None
        for snapshot in self.ancestors(iceberg, self.head(iceberg, ref or self.branch)):
            summary = snapshot.summary()
            written = summary.get("carelake.partition")
            if written == f"year={year}":
                return summary.get("carelake.fingerprint")
            if written is None and snapshot.operation() != "replace" and self.touched(summary):
                return None
            oldest = snapshot
        return HISTORY_ENDED if oldest is not None and oldest.parentId() is not None else None

    def built_on_branch(self, table, year):
        """Fingerprint of a write to the partition that main has not seen, or None."""
        iceberg = self.load(table)
        main = self.head(iceberg, "main")
        for snapshot in self.ancestors(iceberg, self.head(iceberg, self.branch)):
            if main is not None and snapshot.snapshotId() == main.snapshotId():
                return None
            if snapshot.summary().get("carelake.partition") == f"year={year}":
                return snapshot.summary().get("carelake.fingerprint")
        return None

    def touched(self, summary):
        return any(int(summary.get(key) or 0) for key in ("added-data-files", "deleted-data-files", "added-delete-files"))

    def forward(self, table):
        """Moves main to the branch. Snapshot id when it moved, None when it was there already."""
        iceberg = self.load(table)
        main, own = self.head(iceberg, "main"), self.head(iceberg, self.branch)
        if own is None and table in self.written:
            raise StageRefusal("internal", f"branch {self.branch} of {table} was removed while the stage worked on it", {"table": table})
        if own is None or (main is not None and main.snapshotId() == own.snapshotId()):
            return None
        catalog, namespace, name = self.parts(table)
        self.spark.sql(f"call {catalog}.system.fast_forward('{namespace}.{name}', 'main', '{self.branch}')")
        return str(own.snapshotId())

    def snapshot(self, table, ref=None):
        head = self.head(self.load(table), ref or self.branch)
        return str(head.snapshotId()) if head is not None else None

    # ---- writes -----------------------------------------------------------------------------------------

    def write(self, step, table, sql):
        """Runs one write with its marks on the snapshot. Rows, bytes and files that the snapshot added."""
        before = self.snapshot(table)
        marks = {"carelake.fingerprint": step["fingerprint"], "carelake.partition": f"year={step['year']}",
                 "carelake.run": self.run, "carelake.job": step["job"]}
        for key, value in marks.items():
            self.spark.conf.set(SUMMARY + key, value)
        try:
            self.spark.sql(sql)
        finally:
            self.unmark(marks)
        iceberg = self.load(table)
        head = self.head(iceberg, self.branch)
        summary = head.summary()
        if str(head.snapshotId()) == before or summary.get("carelake.fingerprint") != step["fingerprint"]:
            raise StageRefusal("contract", f"the statement did not write to branch {self.branch} of {table}", {"table": table})
        self.written.add(table)
        return {"rows": int(summary.get("added-records") or 0), "bytes": int(summary.get("added-files-size") or 0),
                "files": int(summary.get("added-data-files") or 0)}

    def unmark(self, marks):
        try:
            for key in marks:
                self.spark.conf.unset(SUMMARY + key)
        except Exception:  # the JVM is gone: what ended the statement must not be hidden by this
            pass

    def clear(self, step, table, columns):
        """Empties the partition on the branch."""
        names = ", ".join(name_of(c["name"]) for c in columns if c["name"] != "year")
        place = f"{table}.branch_{self.branch}"
        return self.write(step, table, f"insert overwrite {place} partition (year = {step['year']}) by name "
                                       f"select {names} from {place} where false")

    def partition(self, table, year, ref=None):
        """Rows, bytes and nulls by column of a partition, from table metadata: no data is read."""
        iceberg = self.load(table)
        total = {"rows": 0, "bytes": 0, "nulls": {}}
        if iceberg.refs().get(ref or self.branch) is None:
            return total
        fields = {f.name(): f.fieldId() for f in iceberg.schema().columns()}
        same_year = self.spark._jvm.org.apache.iceberg.expressions.Expressions.equal("year", int(year))
        files = iceberg.newScan().useRef(ref or self.branch).filter(same_year).includeColumnStats().planFiles()
        try:
            iterator = files.iterator()
            while iterator.hasNext():
                task = iterator.next()
                if task.deletes().size():
                    raise StageRefusal("contract", f"{table} has row-level deletes, which its counts leave out", {"table": table})
                file = task.file()
                total["rows"] += file.recordCount()
                total["bytes"] += file.fileSizeInBytes()
                counts = file.nullValueCounts() or {}
                for name, field in fields.items():
                    total["nulls"][name] = total["nulls"].get(name, 0) + (counts.get(field) or 0)
        finally:
            files.close()
        return total

    def check_nulls(self, step):
        """Columns that the contract calls not null hold no null. Costs nothing: the files carry the counts."""
        partition = self.partition(step["table"], step["year"])
        bad = {c["name"]: partition["nulls"].get(c["name"], 0) for c in step["columns"] if not c["nullable"]}
        bad = {name: count for name, count in bad.items() if count}
        if bad:
            name, count = next(iter(bad.items()))
            raise StageRefusal("contract", f"column {name} of {step['table']} may not be null, but is in {count} of "
                                           f"{partition['rows']} rows of {step['year']}",
                               {"table": step["table"], "column": name, "nulls": bad, "rows": partition["rows"]})
        return partition["rows"]
