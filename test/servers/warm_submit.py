"""spark-submit for the warm Spark: hands everything over and ends as the program does.

In: the folder of the warm Spark, then the arguments of spark-submit. Out: the exit code.
The first client starts it, by the command in start.json, and the others wait for that.
"""

import fcntl
import json
import os
import socket
import subprocess
import sys
import time

START_SECONDS = 120


def connected(path):
    try:
        client = socket.socket(socket.AF_UNIX)
        client.connect(path)
        return client
    except (FileNotFoundError, ConnectionRefusedError):
        return None


def started(folder):
    path = os.path.join(folder, "socket")
    with open(os.path.join(folder, "lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        client = connected(path)
        if client is not None:
            return client
        with open(os.path.join(folder, "start.json"), encoding="utf-8") as file:
            start = json.load(file)
        with open(os.path.join(folder, "log"), "a", encoding="utf-8") as log:
            server = subprocess.Popen(start["argv"], env=start["env"], cwd=folder, stdin=subprocess.DEVNULL,
                                      stdout=log, stderr=log, start_new_session=True)
        with open(os.path.join(folder, "pid"), "w", encoding="utf-8") as file:
            file.write(str(server.pid))
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and server.poll() is None:
            client = connected(path)
            if client is not None:
                return client
            time.sleep(0.1)
    sys.exit(f"the warm Spark did not come up: {folder}/log")


def main(folder, argv):
    client = connected(os.path.join(folder, "socket")) or started(folder)
    request = json.dumps({"argv": argv, "cwd": os.getcwd(), "env": dict(os.environ)}).encode()
    socket.send_fds(client, [len(request).to_bytes(8, "big")], [1, 2])
    client.sendall(request)
    code = client.recv(1)
    if not code:
        sys.exit("the warm Spark ended while it was at work")
    return code[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
