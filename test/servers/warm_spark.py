"""A Spark that stays up between stages. In: a socket, on which clients (warm_submit.py) hand over the arguments,
environment, folder, stdout and stderr of a spark-submit; the process of the tests, without which it ends.
Out: the program's exit code, on the same socket.

One stage at a time, each with a SparkContext of its own under its own settings, environment and file systems: only Java
stays, and what it has compiled.
Never here: anything that the program does itself. What is asked of Java's start (memory, Java options, class path) is this
process's own and the same for all.
"""

import json
import os
import runpy
import signal
import socket
import sys
import tempfile
import traceback

sys.dont_write_bytecode = True

from warm_java import announced, configure, fetched, forget  # noqa: E402

STREAMS = (1, 2)
LOOK_SECONDS = 10
INSTALLED = (sys.prefix, sys.base_prefix, os.environ["SPARK_HOME"], os.path.dirname(os.path.abspath(__file__)))


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
        return submitted(request["argv"])
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


def submitted(argv):
    settings, archives, program = read(argv)
    # What a Python of its own would read at its start.
    sys.path[1:1] = [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]
    tempfile.tempdir = None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            configure(settings, program[0], dict(os.environ))
            # The folder for single modules, the archives for what they hold.
            sys.path[1:1] = [folder, *announced([fetched(uri, folder) for uri in archives])]
            sys.argv = [fetched(program[0], folder), *program[1:]]
            return run(sys.argv[0])
        finally:
            forget()


def read(argv):
    """(settings, archives of Python modules, program with its arguments) of a spark-submit."""
    settings, archives = {}, []
    while argv and argv[0].startswith("--"):
        option, value = argv[:2]
        if option == "--conf":
            name, _, told = value.partition("=")
            settings[name] = told
        elif option == "--py-files":
            archives = value.split(",")
        else:
            raise ValueError(f"only --conf, --py-files and a program are understood here: {option}")
        argv = argv[2:]
    return settings, archives, argv


def run(script):
    """As a Python of its own would: no module stays but those of Python and Spark, the next program may bring others."""
    try:
        runpy.run_path(script, run_name="__main__")
        return 0
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        for name, module in list(sys.modules.items()):
            if name != "__main__" and not (getattr(module, "__file__", None) or sys.prefix).startswith(INSTALLED):
                del sys.modules[name]


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
