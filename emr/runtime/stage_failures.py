"""Why a stage failed, in the words of the contract (stageFailure).

In: whatever was raised and the statements that were running. Out: one plain dict.
Never here: a secret; a decision what to do about it.
"""

import errno
import re

from pyspark.errors import AnalysisException, ParseException, PySparkException
from py4j.protocol import Py4JError, Py4JJavaError, Py4JNetworkError

CONTRACT = ("INCOMPATIBLE_DATA_FOR_TABLE", "INSERT_COLUMN_ARITY_MISMATCH", "INSERT_PARTITION_COLUMN_ARITY_MISMATCH",
            "NOT_NULL_ASSERT_VIOLATION", "CANNOT_ASSIGN", "NULL_DATA_SOURCE_OPTION")
OUT_OF_MEMORY = re.compile(r"OutOfMemoryError|SparkOutOfMemory|Java heap space|GC overhead limit|UNABLE_TO_ACQUIRE_MEMORY"
                           r"|Cannot allocate memory|Container killed by YARN for exceeding")
DISK_FULL = re.compile(r"No space left on device|Disk quota exceeded|There is not enough space on the disk")
STOPPED = re.compile(r"SparkContext was shut down|cancelled because SparkContext|Cannot call methods on a stopped SparkContext")
POSITION = re.compile(r"\(?line (\d+),? pos(?:ition)? (\d+)\)?")


class StageRefusal(Exception):
    """A refusal of our own: kind and detail as in stageFailure."""

    def __init__(self, kind, message, detail=None, statement=None):
        super().__init__(message)
        self.kind = kind
        self.detail = detail or {}
        self.statement = statement


class Interrupted(BaseException):
    """Raised by the signal handler. Not an Exception, so that no "except Exception" swallows it."""


def causes(error):
    """The Java exceptions behind a Python one, outermost first. Empty when the JVM is gone or was not the cause."""
    java = getattr(error, "_origin", None) or getattr(error, "java_exception", None)
    found = []
    while java is not None and len(found) < 20:
        found.append(java)
        java = java.getCause()
    return found


def chain(error):
    try:
        return [(j, j.getClass().getName(), j.getMessage() or "") for j in causes(error)]
    except Exception:  # the JVM died meanwhile: what Python holds must do
        return []


def place(error, java, statements):
    """(statement id, line, column), 1-based, of the first query context that lies in one of the statements."""
    for context in contexts(error, java):
        start, stop, fragment = context
        for statement in statements:
            sql = statement["sql"]
            if 0 <= start <= stop < len(sql) and sql[start:stop + 1] == fragment:
                return statement["id"], sql.count("\n", 0, start) + 1, start - (sql.rfind("\n", 0, start) + 1) + 1
    match = POSITION.search(str(error))
    if match and statements:
        return statements[0]["id"], int(match.group(1)), int(match.group(2)) + 1
    return (statements[0]["id"] if statements else None), None, None


def contexts(error, java):
    found = []
    try:
        if isinstance(error, PySparkException):
            found += [(c.startIndex(), c.stopIndex(), c.fragment()) for c in error.getQueryContext() or []]
    except Exception:
        pass
    for j, _, _ in java:
        try:
            found += [(c.startIndex(), c.stopIndex(), c.fragment()) for c in j.getQueryContext()]
        except Exception:  # not a SparkThrowable, or a context of the DataFrame API, which has no index
            continue
    return found


def facts(error, java):
    """(condition, SQL state, parameters) of the innermost exception that has a condition."""
    for j, _, _ in reversed(java):
        try:
            if j.getCondition():
                return j.getCondition(), j.getSqlState(), dict(j.getMessageParameters())
        except Exception:
            continue
    if isinstance(error, PySparkException):
        try:
            return error.getCondition(), error.getSqlState(), dict(error.getMessageParameters() or {})
        except Exception:
            pass
    return None, None, {}


def kind_of(error, java, condition):
    text = "\n".join([str(error)] + [f"{name}: {message}" for _, name, message in java])
    # First: a spill that finds no room on the disk is a SparkOutOfMemoryError.
    if DISK_FULL.search(text) or getattr(error, "errno", None) == errno.ENOSPC:
        return "disk-full"
    if OUT_OF_MEMORY.search(text):
        return "out-of-memory"
    if STOPPED.search(text):
        return "interrupted"
    if condition and condition.startswith(CONTRACT):
        return "contract"
    if isinstance(error, (AnalysisException, ParseException)):
        return "analysis"
    if any(name.endswith("PSQLException") or "java.sql.SQL" in name for _, name, _ in java):
        return "source"
    if java or isinstance(error, (PySparkException, Py4JError, ConnectionError, EOFError)):
        return "spark"
    return "internal"


def by_its_sql(error):
    """Whether the statement itself is at fault, so that another one can still be run."""
    if isinstance(error, (Py4JNetworkError, ConnectionError, EOFError)):
        return False
    java = chain(error)
    return kind_of(error, java, facts(error, java)[0]) in ("analysis", "spark", "contract")


def failure(error, step, statements, redactor):
    """`statements`: the running one first, then those it may be built on (the view behind an insert)."""
    blank = {"condition": None, "sql_state": None, "step": step, "statement": None, "line": None, "column": None}
    if isinstance(error, StageRefusal) and not interrupted(error):
        statement = error.statement or (statements[0]["id"] if statements else None)
        return redactor.value({**blank, "kind": error.kind, "message": str(error), "statement": statement, "detail": error.detail})
    if interrupted(error):
        statement = statements[0]["id"] if statements else None
        return redactor.value({**blank, "kind": "interrupted", "message": "stopped by a signal", "statement": statement, "detail": {}})
    java = chain(error)
    condition, sql_state, parameters = facts(error, java)
    statement, line, column = place(error, java, statements)
    detail = {"exception": java[-1][1] if java else type(error).__name__}
    if parameters:
        detail["parameters"] = parameters
    if parameters.get("proposal"):
        detail["proposal"] = parameters["proposal"].split(",")[0].strip().split(".")[-1].strip("`")
    job = next((m.split("\n")[0][:1000] for _, _, m in java if m.startswith("Job aborted")), None)
    if job:
        detail["job"] = job
    lost = isinstance(error, (Py4JNetworkError, ConnectionError, EOFError))
    if lost:
        detail["jvm_lost"] = True
    return redactor.value({**blank, "kind": kind_of(error, java, condition), "message": message(error, java, lost),
                           "condition": condition, "sql_state": sql_state, "statement": statement,
                           "line": line, "column": column, "detail": detail})


def interrupted(error):
    """A signal, or what broke on the way out after one."""
    while error is not None:
        if isinstance(error, (Interrupted, KeyboardInterrupt)):
            return True
        error = error.__context__
    return False


def message(error, java, lost):
    if lost:
        return "the Java process of Spark ended while the stage was running"
    if isinstance(error, (AnalysisException, ParseException)):
        text = str(error)
    elif java:
        text = java[-1][2] or java[-1][1]
    else:
        text = f"{type(error).__name__}: {error}"
    # Below these marks come the quoted SQL, the plan and stack traces: the place is given by line and column.
    for mark in ("\n\nJVM stacktrace", "\n== SQL", ";\n'", "\n\tat "):
        text = text.split(mark)[0]
    return text.strip()[:4000]
