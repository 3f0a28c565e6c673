"""Runs one stage of a carelake plan on Spark: spark-submit run_stage.py <stage.json>.

In: stage.json (driver/stage.ts, StageFile), a path or an s3:// URI. Out: what stage_course.py makes of it.
Exit: 0 done, 3 a gate failed, 1 the rest.
Never here: SQL of a pipeline; a secret; the command line of an engine. The same file serves every engine.
"""

import json
import os
import signal
import sys
import time

# The folder may be read-only or shared by many stages at once.
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from py4j.protocol import Py4JError  # noqa: E402

from stage_course import FORMAT, GateFailed, Stage, start_session  # noqa: E402
from stage_failures import Interrupted, StageRefusal, failure  # noqa: E402
from stage_output import Redactor, last_words, output_at, tell_error  # noqa: E402
from stage_places import ObjectFiles, UnsupportedUri, is_object  # noqa: E402
from stage_secrets import Secrets  # noqa: E402

EXIT = {"succeeded": 0, "failed": 1, "gate-failed": 3}


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
