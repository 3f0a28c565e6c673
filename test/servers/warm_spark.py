"""A Spark that stays up between stages. In: a socket, on which clients (warm_submit.py) hand over the arguments,
environment, folder, stdout and stderr of a spark-submit; the process of the tests, without which it ends.
Out: the program's exit code, on the same socket.

One stage at a time, each with a SparkContext of its own under its own settings: only Java stays, and what it has compiled.
Never here: anything that the program does itself. What is asked of Java's start (memory, Java options, class path) is this
process's own and the same for all.
"""

import json
import os
import runpy
import signal
import socket
import sys
import traceback

sys.dont_write_bytecode = True

from pyspark.core.context import SparkContext  # noqa: E402

STREAMS = (1, 2)
LOOK_SECONDS = 10


def serve(path, owner):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path + ".new")
    listener.listen(64)
    os.rename(path + ".new", path)
    listener.settimeout(LOOK_SECONDS)
    while lives(owner):
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            continue
        with connection:
            connection.settimeout(None)
            size, streams, _, _ = socket.recv_fds(connection, 8, len(STREAMS))
            try:
                request = json.loads(received(connection, int.from_bytes(size, "big")))
                code = carried_out(request, streams)
                connection.sendall(bytes([code]))
            except (BrokenPipeError, ConnectionError):  # the client was killed: nobody asks any more
                pass
            finally:
                for stream in streams:
                    os.close(stream)


def lives(process):
    """Whoever was killed could not end what it started."""
    try:
        os.kill(process, 0)
        return True
    except ProcessLookupError:
        return False


def received(connection, size):
    parts = []
    while size > 0:
        part = connection.recv(min(size, 1 << 16))
        if not part:
            raise ConnectionError("the client went away")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def carried_out(request, streams):
    own = {"cwd": os.getcwd(), "env": dict(os.environ), "argv": sys.argv, "path": list(sys.path)}
    kept = [os.dup(stream) for stream in STREAMS]
    handler = signal.getsignal(signal.SIGTERM)
    try:
        for stream, mine in zip(streams, STREAMS):
            os.dup2(stream, mine)
        os.chdir(request["cwd"])
        gateway = {name: value for name, value in os.environ.items() if name.startswith(("PYSPARK_", "SPARK_"))}
        os.environ.clear()
        os.environ.update({**request["env"], **gateway})
        settings, program = read(request["argv"])
        configure(settings, program[0])
        sys.argv = program
        return run(program[0])
    except Exception:  # the client is told, and the next one is served
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for stream, mine in zip(kept, STREAMS):
            os.dup2(stream, mine)
            os.close(stream)
        signal.signal(signal.SIGTERM, handler)
        os.chdir(own["cwd"])
        os.environ.clear()
        os.environ.update(own["env"])
        sys.argv, sys.path[:] = own["argv"], own["path"]


def read(argv):
    """(settings, program with its arguments) of a spark-submit that is told everything by --conf."""
    settings = {}
    while argv and argv[0] == "--conf":
        key, _, value = argv[1].partition("=")
        settings[key] = value
        argv = argv[2:]
    if not argv or argv[0].startswith("--"):
        raise ValueError(f"only --conf and a program are understood here: {argv[:1]}")
    return settings, argv


def configure(settings, program):
    """A new SparkContext takes its settings from the JVM's system properties, as after a spark-submit of its own."""
    SparkContext._ensure_initialized()
    system = SparkContext._jvm.java.lang.System
    for name in [name for name in system.getProperties().stringPropertyNames() if name.startswith("spark.")]:
        system.clearProperty(name)
    submitted = {"spark.app.name": os.path.basename(program), "spark.submit.deployMode": "client", "spark.submit.pyFiles": ""}
    for name, value in {**submitted, **settings}.items():
        system.setProperty(name, value)


def run(script):
    """The program's modules are loaded anew: the next one may come from another folder."""
    folder = os.path.dirname(os.path.abspath(script))
    for name, module in list(sys.modules.items()):
        if name != "__main__" and os.path.dirname(getattr(module, "__file__", None) or "") == folder:
            del sys.modules[name]
    try:
        runpy.run_path(script, run_name="__main__")
        return 0
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:
        traceback.print_exc()
        return 1


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
