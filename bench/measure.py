"""Measures programs: each once a round, in turn, so that a slow moment of the machine hits all of them.

From stdin: {"rounds": N, "kinds": [{"argv", "env", "cwd", "before"}]}; `before` is run first in each round, unmeasured.
To stdout: for each kind a list of [wall, user + system] in milliseconds, one pair a round. What a program prints is read to
its end, through a pipe, as the AWS tools do. Fails when a program does.
"""

import json
import os
import sys
import tempfile
import time


def run(argv, kind):
    ours, theirs = os.pipe()
    said.seek(0)
    started = time.perf_counter()
    process = os.posix_spawn(
        argv[0],
        argv,
        kind["env"],
        file_actions=[
            (os.POSIX_SPAWN_DUP2, theirs, 1),
            (os.POSIX_SPAWN_DUP2, said.fileno(), 2),
            (os.POSIX_SPAWN_CLOSE, theirs),
            (os.POSIX_SPAWN_CLOSE, ours),
        ],
    )
    os.close(theirs)
    while os.read(ours, 65536):
        pass
    _, status, usage = os.wait4(process, 0)
    wall = time.perf_counter() - started
    os.close(ours)
    if status != 0:
        said.seek(0)
        sys.exit(f"{' '.join(argv)} ended with {os.waitstatus_to_exitcode(status)}:\n{said.read()}")
    said.truncate(0)
    return [wall * 1000, (usage.ru_utime + usage.ru_stime) * 1000]


said = tempfile.TemporaryFile("w+")
task = json.load(sys.stdin)
figures = [[] for _ in task["kinds"]]
for _ in range(task["rounds"]):
    for kind, found in zip(task["kinds"], figures):
        if kind.get("before"):
            run(kind["before"], kind)
        found.append(run(kind["argv"], kind))
json.dump(figures, sys.stdout)
