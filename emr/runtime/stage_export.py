"""Sorted text segments of one table × year for LOAD DATA, with a manifest made from what stands on disk.

In: StageExport of stage.json and the branch. Out: part-00000.txt …, manifest.json. A local folder appears whole; on S3
the manifest comes last, and without it there is no export.
Never here: a row in Python; a connection to the serving database.
"""

import json

from pyspark.sql import functions as F

from stage_failures import StageRefusal
from stage_places import files_at

SAMPLE_ROWS = 20000


def field(column, kind):
    """Text of one value in MySQL's default form: tab between fields, backslash escapes, \\N for null."""
    value = F.col(f"`{column}`")
    if kind == "string":
        text = value
        for raw, escaped in (("\\", "\\\\"), ("\0", "\\0"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
            text = F.replace(text, F.lit(raw), F.lit(escaped))
    elif kind == "boolean":
        text = F.when(value, F.lit("1")).when(~value, F.lit("0"))
    elif kind.startswith("timestamp"):
        text = F.date_format(value, "yyyy-MM-dd HH:mm:ss.SSSSSS")
    else:
        # ANSI mode: a decimal becomes plain digits with its full scale, a date its ISO form.
        text = value.cast("string")
    return F.coalesce(text, F.lit("\\N"))


class Exports:
    def __init__(self, spark, tables, meter, output):
        self.spark = spark
        self.tables = tables
        self.meter = meter
        self.output = output

    def run(self, export):
        files = files_at(export["directory"], self.spark)
        directory = files.path(export["directory"])
        kept = self.kept(export, files, directory)
        if kept is None:
            with self.meter.statement(export["id"]) as written:
                manifest = self.write(export, files, directory)
                written.update(rows=manifest["rows"], bytes=size(manifest), files=len(manifest["segments"]))
        else:
            manifest = kept
        rows, total = manifest["rows"], size(manifest)
        self.output.emit("exported", id=export["id"], rows=rows, bytes=total)
        return {"id": export["id"], "directory": export["directory"], "rows": rows, "bytes": total, "kept": kept is not None}

    def kept(self, export, files, directory):
        """The manifest that is there, when it is of the same data and its segments are whole."""
        try:
            manifest = json.loads(files.read(directory + "/manifest.json"))
            # A forced load reads a growing table again under the same fingerprint: other rows, another snapshot.
            same = (manifest["format"] == 1 and manifest["fingerprint"] == export["fingerprint"]
                    and manifest["snapshot"] == self.tables.snapshot(export["table"]))
            sizes = files.sizes(directory)
            whole = all(sizes.get(s["file"]) == s["bytes"] for s in manifest["segments"])
            return manifest if same and whole else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, export, files, directory):
        part, folder = files.begin(directory)
        rows = self.tables.partition(export["table"], export["year"])["rows"]
        source = self.spark.table(f"{export['table']}.branch_{self.tables.branch}").where(F.col("year") == export["year"])
        line = F.concat_ws("\t", *[field(c["name"], c["type"]) for c in export["columns"]])
        self.spread(source, line, rows, export).select(line.alias("value")).write.mode(files.mode).option("lineSep", "\n").option(
            "compression", "none").text(files.for_spark(part))
        segments = self.settle(files, part, folder)
        manifest = {
            "format": 1, "table": export["table"], "year": export["year"], "fingerprint": export["fingerprint"],
            "snapshot": self.tables.snapshot(export["table"]), "columns": [dict(c) for c in export["columns"]],
            "sort": list(export["sort"]), "rows": sum(s["rows"] for s in segments),
            "hash": str(sum(int(s["hash"]) for s in segments)), "segments": segments,
        }
        if manifest["rows"] != rows:
            raise StageRefusal("internal", f"{manifest['rows']} rows were written for {export['table']}, which has {rows}",
                               {"export": export["id"]})
        files.finish(folder, directory, manifest)
        return manifest

    def spread(self, source, line, rows, export):
        """Sorted as a whole: segments are ranges of the sort columns, in the order of their numbers."""
        average = source.limit(SAMPLE_ROWS).select(F.avg(F.octet_length(line) + 1)).collect()[0][0] or 1
        count = max(1, round(rows * float(average) / export["segment_bytes"]))
        keys = [F.col(f"`{name}`") for name in export["sort"]]
        ranged = source.repartitionByRange(count, *keys) if count > 1 else source.coalesce(1)
        return ranged.sortWithinPartitions(*keys)

    def settle(self, files, part, folder):
        """Plain names in order, nothing else in the folder; counts and sums read back from the files."""
        written = sorted((name, size) for name, size in files.sizes(part).items() if name.startswith("part-") and name.endswith(".txt"))
        names = {}
        for name, size in written:
            if size:
                names[name] = f"part-{len(names):05d}.txt"
        files.settle(part, folder, names)
        if not names:
            return []
        digest = F.conv(F.substring(F.sha2("value", 256), 1, 8), 16, 10).cast("decimal(20,0)")
        read = self.spark.read.option("lineSep", "\n").text(files.for_spark(folder)).groupBy(
            F.col("_metadata.file_name").alias("file")).agg(F.count("*").alias("rows"), F.sum(digest).alias("hash"))
        found = {r["file"]: r for r in read.collect()}
        sizes = files.sizes(folder)
        return [{"file": n, "rows": found[n]["rows"], "bytes": sizes[n], "hash": str(found[n]["hash"])} for n in names.values()]


def size(manifest):
    return sum(s["bytes"] for s in manifest["segments"])
