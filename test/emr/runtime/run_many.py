"""Stages one after another in one Java process. In: a folder, where files 1, 2, … appear, each with the path of a stage.json.
Out: beside each a file 1.code, 2.code, … with the exit code. Ends when a file `stop` appears.

Never here: anything that run_stage.py does itself. A stage ends its Spark session as always; only Java stays, which takes longest to start.
"""

import os
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../emr/runtime"))

import run_stage  # noqa: E402

number = 1
while not os.path.exists(os.path.join(sys.argv[1], "stop")):
    wanted = os.path.join(sys.argv[1], str(number))
    if not os.path.exists(wanted):
        time.sleep(0.02)
        continue
    with open(wanted, encoding="utf-8") as file:
        code = run_stage.main([file.read()])
    with open(wanted + ".part", "w", encoding="utf-8") as file:
        file.write(str(code))
    os.replace(wanted + ".part", wanted + ".code")
    number += 1
