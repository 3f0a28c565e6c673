"""What a stage tells: events.jsonl while it runs, report.json at its end.

In: plain dicts. Out: one JSON object a line, flushed; a report that appears whole or not at all.
Never here: Spark, or the meaning of what is told.
"""

import datetime
import json
import os
import re
import threading
import urllib.parse

SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+:")
SECRET_IN_URL = re.compile(r"(?i)\b(password|passwd|pwd|secret|token)=[^&;\s\"')]*")


class UnsupportedUri(Exception):
    """A place that this runner cannot write to or read from yet."""


def local_path(uri):
    """Absolute path of a place on the local file system; refuses every other scheme in one way."""
    if uri.startswith("file:"):
        return urllib.parse.unquote(urllib.parse.urlparse(uri).path)
    if SCHEME.match(uri):
        raise UnsupportedUri(f"only local paths and file: URIs are supported so far, not {uri}")
    return os.path.abspath(uri)


def now():
    """UTC, ISO 8601 with milliseconds."""
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def write_whole(path, value):
    """Writes JSON so that a reader sees the old file or the new one, never a part of it."""
    part = path + ".part"
    with open(part, "w", encoding="utf-8") as out:
        json.dump(value, out, ensure_ascii=False, indent=1)
        out.write("\n")
        out.flush()
        os.fsync(out.fileno())
    os.replace(part, path)


class Redactor:
    """Takes secrets out of free text. A message with holes is better than one that leaks."""

    def __init__(self, secrets):
        self.secrets = sorted({s for s in secrets if s}, key=len, reverse=True)

    def text(self, text):
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return SECRET_IN_URL.sub(lambda m: m.group(1) + "=***", text)

    def value(self, value):
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {k: self.value(v) for k, v in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(v) for v in value]
        return value


class StageOutput:
    """The two files of one stage. A sink for another kind of place needs these four methods and no more."""

    def __init__(self, events, report):
        self.events_path = local_path(events)
        self.report_path = local_path(report)
        self.lock = threading.Lock()
        os.makedirs(os.path.dirname(self.events_path), exist_ok=True)
        os.makedirs(os.path.dirname(self.report_path), exist_ok=True)
        # The report of an earlier attempt must not be taken for the one of this attempt.
        for stale in (self.report_path, self.report_path + ".part"):
            if os.path.exists(stale):
                os.remove(stale)
        # Append: whoever follows the file by offset goes on reading. A killed attempt may have left half a line.
        self.file = open(self.events_path, "a+b")
        size = self.file.seek(0, os.SEEK_END)
        if size:
            self.file.seek(size - 1)
            if self.file.read(1) != b"\n":
                self.file.write(b"\n")

    def emit(self, event, **facts):
        line = json.dumps({"event": event, "at": now(), **facts}, ensure_ascii=False) + "\n"
        with self.lock:
            self.file.write(line.encode("utf-8"))
            self.file.flush()

    def report(self, value):
        write_whole(self.report_path, value)

    def scratch(self, stage):
        """Folder for what only this stage needs while it runs; the same for every attempt, so nothing piles up."""
        return os.path.join(os.path.dirname(self.report_path), "scratch-" + re.sub(r"[^A-Za-z0-9_-]", "_", stage))
