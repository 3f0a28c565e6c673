"""What a stage tells: events while it runs, one report at its end.

In: plain dicts. Out: local: events.jsonl, one JSON object a line, flushed; S3: events/000001.jsonl …, whole objects.
A report that appears whole or not at all.
Never here: the meaning of what is told.
"""

import datetime
import json
import os
import re
import sys
import threading

from stage_places import LocalFiles, ObjectFiles, Scratch, encoded, is_object, local_path, object_key

SECRET_IN_URL = re.compile(r"(?i)\b(password|passwd|pwd|secret|token)=[^&;\s\"')]*")
FLUSH_SECONDS = 2.0
# A JVM that is going down may never answer.
PATIENCE_SECONDS = {True: 300.0, False: 10.0}
LAST_WORDS = "carelake-report: "


def now():
    """UTC, ISO 8601 with milliseconds."""
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def line_of(event, facts):
    return (json.dumps({"event": event, "at": now(), **facts}, ensure_ascii=False) + "\n").encode("utf-8")


def scratch_name(stage):
    return "scratch-" + re.sub(r"[^A-Za-z0-9_-]", "_", stage)


class Redactor:
    """Takes secrets out of free text. A message with holes is better than one that leaks."""

    def __init__(self, secrets):
        self.secrets = []
        self.add(*secrets)

    def add(self, *secrets):
        self.secrets = sorted({s for s in [*self.secrets, *secrets] if s}, key=len, reverse=True)

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


def output_at(told, spark):
    """The output of a stage, by the place that its report names."""
    if is_object(told["report"]):
        return ObjectOutput(told["events"], told["report"], spark)
    return StageOutput(told["events"], told["report"])


class StageOutput:
    """The two files of one stage. An output for another kind of place needs these methods and no more."""

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
        line = line_of(event, facts)
        with self.lock:
            self.file.write(line)
            self.file.flush()

    def report(self, value, going):
        LocalFiles().write(self.report_path, encoded(value))

    def scratch(self, stage):
        folder = os.path.join(os.path.dirname(self.report_path), scratch_name(stage))
        return Scratch(folder, LocalFiles(), folder)

    def close(self, going):
        """Every line is in the file already."""


class ObjectOutput:
    """
    Events go out by a thread, at most every FLUSH_SECONDS, each time as one more object whose number has no gap.
    They are for the eye: one that cannot be written waits for the next time and fails nothing. The report must come
    through: by the file system, else by boto3, else as a line of the log, which the service keeps.
    """

    def __init__(self, events, report, spark):
        self.files = ObjectFiles(spark)
        self.spark = spark
        self.folder = events[:-len(".jsonl")] if events.endswith(".jsonl") else events.rstrip("/")
        self.report_uri = report
        self.lock = threading.Lock()
        self.lines = []
        # What is on its way: its number and content stay the same until it has arrived.
        self.sending = None
        self.number = self.last_number()
        self.files.remove_tree(report)
        self.waiting = threading.Event()
        self.closing = threading.Event()
        self.thread = threading.Thread(target=self.keep_sending, daemon=True)
        self.thread.start()

    def last_number(self):
        """An earlier start of this attempt may have left events; whoever follows has read them."""
        try:
            names = self.files.sizes(self.folder)
        except FileNotFoundError:
            return 0
        return max([int(m.group(1)) for n in names if (m := re.match(r"^(\d+)\.jsonl$", n))], default=0)

    def emit(self, event, **facts):
        line = line_of(event, facts)
        with self.lock:
            self.lines.append(line)
        self.waiting.set()

    def keep_sending(self):
        while not self.closing.is_set():
            self.waiting.wait()
            self.waiting.clear()
            try:
                self.send()
            except Exception:  # not now: the lines wait
                self.waiting.set()
            self.closing.wait(FLUSH_SECONDS)
        for _ in range(3):
            try:
                return self.send()
            except Exception:  # once more, then the events stay untold
                pass

    def send(self):
        """By one thread only."""
        if self.sending is None:
            with self.lock:
                lines, self.lines = self.lines, []
            if not lines:
                return
            self.sending = b"".join(lines)
        self.files.write(f"{self.folder}/{self.number + 1:06d}.jsonl", self.sending)
        self.number += 1
        self.sending = None
        if self.closing.is_set():
            self.send()

    def report(self, value, going):
        data = encoded(value)
        if within(PATIENCE_SECONDS[going], lambda: self.files.write(self.report_uri, data)) or put_by_boto3(self.report_uri, data):
            return
        last_words(value)

    def scratch(self, stage):
        folder = self.report_uri.rpartition("/")[0] + "/" + scratch_name(stage)
        return Scratch(folder, self.files, os.path.join(self.spark.sparkContext._temp_dir, scratch_name(stage)))

    def close(self, going):
        self.closing.set()
        self.waiting.set()
        self.thread.join(PATIENCE_SECONDS[going])


def within(seconds, work):
    """Whether the work was done in time. It goes on in its thread when not: nobody can stop a call into Java."""
    done = []

    def run():
        try:
            work()
            done.append(True)
        except Exception as error:
            tell_error(f"the report could not be written: {error}")

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    return bool(done)


def put_by_boto3(uri, data):
    """The way that needs no JVM, where there is one."""
    try:
        import boto3
        from botocore.config import Config
        bucket, key = object_key(uri)
        config = Config(connect_timeout=5, read_timeout=20, retries={"max_attempts": 2})
        boto3.client("s3", config=config).put_object(Bucket=bucket, Key=key, Body=data)
        return True
    except Exception:  # not installed, no credentials of its own, no network
        return False


def last_words(value):
    try:
        print(LAST_WORDS + json.dumps(value, ensure_ascii=False), flush=True)
    except OSError:
        # Java reads what we print; without it nobody does.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")


def tell_error(text):
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")
