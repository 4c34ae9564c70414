"""Runs a command on a terminal of its own, types keys once a text has appeared, and prints as one line of JSON what the
terminal showed, how the command ended, and whether the terminal was left as it was.

Arguments: the text to wait for, the keys, and the command. `2>FILE` and `1>FILE` before it redirect its output.
"""

import json
import os
import pty
import select
import signal
import sys
import termios
import time

text, keys, *command = sys.argv[1:]
redirected = {}
while command[0][1:2] == ">":
    redirect = command.pop(0)
    redirected[int(redirect[0])] = redirect[2:]

pid, terminal = pty.fork()
if pid == 0:
    for descriptor, path in redirected.items():
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), descriptor)
    os.execvp(command[0], command)

before = termios.tcgetattr(terminal)
shown, typed, deadline = b"", False, time.time() + 60
while time.time() < deadline:
    # Without a text to wait for, before the command has shown anything.
    if not typed and text.encode() in shown:
        typed = True
        os.write(terminal, keys.encode())
    if select.select([terminal], [], [], 0.2)[0]:
        try:
            shown += os.read(terminal, 65536)
        except OSError:
            break
else:
    os.killpg(pid, signal.SIGKILL)
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
restored = before == termios.tcgetattr(terminal)
print(json.dumps({"shown": shown.decode(errors="replace"), "exitCode": status, "restored": restored}))
