"""CSV files as one temporary view of text columns, examined before they are read.

In: CsvSource of stage.json. Out: the view, and facts of each file (bytes, sha256, lines) for the report.
Never here: a cast, a trim, a guess at a header: which field is which column was decided by the driver.
"""

import codecs
import collections
import concurrent.futures
import gzip
import hashlib
import os
import re
import zlib

from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructField, StructType

from stage_failures import StageRefusal
from stage_places import ObjectFiles, UnsupportedUri, is_object, local_path, object_key

CHUNK = 4 << 20
LONGEST_QUOTED = 1 << 20
# Each lies on the driver's disk while it is looked at.
OBJECTS_AT_ONCE = 2
UNPARSED = "unparsed_line"
# Names that Spark would take for a pattern or pass over as hidden.
AWKWARD = re.compile(r"^[._]|[\[\]{}*?\\:,]")


def csv_view(spark, source, scratch):
    scratch.clear()
    facts = examine_all(spark, source, scratch)
    frames = [read(spark, source, file, fact) for file, fact in zip(source["files"], facts)]
    joined = frames[0]
    for frame in frames[1:]:
        joined = joined.unionByName(frame)
    joined.createOrReplaceTempView(source["view"])
    told = [{k: v for k, v in fact.items() if k != "read"} for fact in facts]
    return {"kind": "csv", "layout": source["layout"], "files": told, "bytes": sum(f["bytes"] for f in facts)}


# ---- examine ----------------------------------------------------------------------------------------------

def examine_all(spark, source, scratch):
    """Reads every file once to know it: hashing and scanning run side by side, each in constant memory."""
    files = source["files"]
    try:
        paths = [None if is_object(f["uri"]) else local_path(f["uri"]) for f in files]
    except UnsupportedUri as error:
        raise StageRefusal("source", str(error), {"file": next(f["uri"] for f in files if "://" in f["uri"])})
    workers = max(2, min(8, os.cpu_count() or 2))
    with concurrent.futures.ThreadPoolExecutor(workers) as pool, concurrent.futures.ThreadPoolExecutor(OBJECTS_AT_ONCE) as objects:
        parts = [look(pool, objects, (file, path, f"{i:05d}"), (spark, source, scratch)) for i, (file, path) in enumerate(zip(files, paths))]
        facts = [{"name": f["name"], **{k: v for part in found for k, v in part.result().items()}} for f, found in zip(files, parts)]
    for i, (file, path, fact) in enumerate(zip(files, paths, facts)):
        if path is not None:
            fact["read"] = reachable(file, path, scratch, f"{i:05d}")
    first = {}
    for fact in facts:
        if fact["sha256"] in first:
            twin = first[fact["sha256"]]
            raise StageRefusal("source", f"{twin} and {fact['name']} hold the same bytes", {"duplicate": [twin, fact["name"]]})
        first[fact["sha256"]] = fact["name"]
    return facts


def look(pool, objects, numbered, stage):
    """What will be known of one file, as futures."""
    (file, path, number), (spark, source, scratch) = numbered, stage
    if path is None:
        return [objects.submit(look_at_object, ObjectFiles(spark), source["delimiter"], (file, number), scratch)]
    return [pool.submit(digest, file, path), pool.submit(scan, file, path, source["delimiter"])]


def look_at_object(files, delimiter, numbered, scratch):
    """Through a copy on the driver's disk, which goes again. Executors read the object itself wherever they can."""
    file, number = numbered
    path = scratch.path(number + ".object")
    try:
        files.fetch(file["uri"], path)
        with concurrent.futures.ThreadPoolExecutor(1) as beside:
            hashed = beside.submit(digest, file, path)
            scanned = scan(file, path, delimiter)
            return {**hashed.result(), **scanned, "read": reachable(file, path, scratch, number)}
    except FileNotFoundError:
        raise StageRefusal("source", f"{file['name']} cannot be read: there is no such object", {"file": file["name"], "uri": file["uri"]})
    finally:
        if os.path.exists(path):
            os.remove(path)


def digest(file, path):
    total, sha = 0, hashlib.sha256()
    try:
        with open(path, "rb", buffering=0) as stream:
            while chunk := stream.read(CHUNK):
                sha.update(chunk)
                total += len(chunk)
    except OSError as error:
        raise StageRefusal("source", f"{file['name']} cannot be read: {error.strerror}", {"file": file["name"], "uri": file["uri"]})
    if total == 0:
        raise StageRefusal("source", f"{file['name']} is empty", {"file": file["name"], "empty": True})
    return {"bytes": total, "sha256": sha.hexdigest()}


def scan(file, path, delimiter):
    """UTF-8 or a refusal with the place; lines; whether a quoted field holds a line feed."""
    lines, offset, quoted, suspect, decoder = 0, 0, False, False, codecs.getincrementaldecoder("utf-8")()
    last = b"\n"
    try:
        for chunk in content(file, path):
            pending = len(decoder.getstate()[0])
            if pending or not chunk.isascii():
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError as error:
                    raise not_utf8(file, error, offset - pending, lines)
            if b'"' in chunk:
                parts = chunk.split(b'"')
                inside = b"".join(parts[0 if quoted else 1::2])
                suspect = suspect or b"\n" in inside or b"\r" in inside
                quoted ^= (len(parts) - 1) % 2 == 1
            elif quoted and not suspect:
                suspect = b"\n" in chunk or b"\r" in chunk
            lines += chunk.count(b"\n")
            offset += len(chunk)
            last = chunk[-1:]
        try:
            decoder.decode(b"", True)
        except UnicodeDecodeError as error:
            raise not_utf8(file, error, offset - len(error.object), lines)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise StageRefusal("source", f"{file['name']} is not a whole gzip file: {error}", {"file": file["name"], "gzip": str(error)})
    except OSError as error:
        raise StageRefusal("source", f"{file['name']} cannot be read: {error.strerror or error}", {"file": file["name"], "uri": file["uri"]})
    return {"lines": lines + (last != b"\n"), "quoted_line_feeds": suspect and true_line_feeds(content(file, path), delimiter.encode())}


def content(file, path):
    with (gzip.open(path, "rb") if file["gzip"] else open(path, "rb", buffering=0)) as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def not_utf8(file, error, base, lines_before):
    """`byte` counts from 0, in the text (after gzip); `line` from 1."""
    data, start = error.object, error.start
    line = lines_before + data.count(b"\n", 0, start) + 1
    return StageRefusal("source", f"{file['name']} is not UTF-8: byte {base + start}, line {line}",
                        {"file": file["name"], "byte": base + start, "line": line, "bytes": data[start:start + 4].hex()})


def true_line_feeds(chunks, delimiter):
    """
    A line feed between two quotes is part of a field only when those quotes open and close a field. A single stray
    quote turns the rest of a file inside out; reading such a file by lines loses that one line, not all after it.
    """
    ends = (delimiter, b"\n", b"\r")
    window = collections.deque(maxlen=3)
    for number, piece in enumerate(pieces(chunks)):
        if piece is None:
            return False
        window.append(piece)
        # The middle of the window lies inside quotes when its number is odd: pieces 1, 3, 5 …
        if len(window) == 3 and number % 2 == 0 and (b"\n" in window[1] or b"\r" in window[1]):
            before, _, after = window
            opens = before.endswith(ends) or before == b"" or before == b"\xef\xbb\xbf"
            if not opens or not (after == b"" or after.startswith(ends)):
                return False
    return number % 2 == 0


def pieces(chunks):
    """What lies between quotes. None when a piece inside quotes grows beyond any field."""
    carry, number = b"", 0
    for chunk in chunks:
        parts = (carry + chunk).split(b'"')
        carry = parts.pop()
        for part in parts:
            yield part
            number += 1
        if len(carry) > LONGEST_QUOTED:
            if number % 2 == 1:
                yield None
            carry = carry[-1:]
    yield carry


# ---- read -------------------------------------------------------------------------------------------------

def read(spark, source, file, fact):
    path, header = fact["read"]
    names = [name if name is not None else f"__field_{i}" for i, name in enumerate(file["fields"])]
    schema = StructType([StructField(n, StringType()) for n in names + [UNPARSED]])
    frame = (spark.read.schema(schema).options(
        sep=source["delimiter"], quote='"', escape='"', header=header, enforceSchema=True, encoding="UTF-8",
        mode="PERMISSIVE", columnNameOfCorruptRecord=UNPARSED, multiLine=fact["quoted_line_feeds"],
        # Pruned, the reader would count only the fields that the query asks for and miss rows of the wrong length.
        columnPruning=False, maxCharsPerColumn=-1).csv(path))
    loaded = [F.col(f"`{n}`") for n in file["fields"] if n is not None]
    absent = [F.lit(None).cast("string").alias(n) for n in source["absent"]]
    return frame.select(*loaded, *absent, F.lit(file["name"]).alias("source_file"),
                        F.lit(source["layout"]).alias("layout"), F.lit(None).cast("bigint").alias("source_key"), F.col(UNPARSED))


def reachable(file, path, scratch, number):
    """
    (path, has header) that Spark reads right: with one header line at most, and a name that says gzip or not.
    `path`: the bytes on the driver's disk.
    """
    if file["skip_lines"] > 1:
        below_titles(file, path, scratch.path(number + ".csv"))
        return scratch.share(number + ".csv"), False
    header, number = file["skip_lines"] == 1, number + (".csv.gz" if file["gzip"] else ".csv")
    if is_object(file["uri"]):
        if not awkward(object_key(file["uri"])[1], file):
            return file["uri"], header
        os.rename(path, scratch.path(number))
        return scratch.share(number), header
    if awkward(path.lstrip("/"), file):
        os.symlink(path, scratch.path(number))
        return "file://" + scratch.path(number), header
    return "file://" + path, header


def awkward(path, file):
    name = path.rpartition("/")[2]
    return AWKWARD.search(path) or AWKWARD.search(name) or name.lower().endswith(".gz") != file["gzip"]


def below_titles(file, path, target):
    """A copy without the title rows and the header. Files with titles are extracts made for people, so small."""
    left = file["skip_lines"]
    with open(target, "wb") as out:
        for chunk in content(file, path):
            while left and chunk:
                end = chunk.find(b"\n")
                chunk = b"" if end < 0 else chunk[end + 1:]
                left -= end >= 0
            out.write(chunk)
