"""Runs a command on a terminal of its own. What stands on the terminal goes to stdout as it comes, and what comes from
stdin is typed. In the end one line of JSON on stderr says how the command ended, and whether the terminal was left as it
was. Once stdin has ended nobody sits there any more, and all of it is killed.

Arguments: columns, rows, and the command. `2>FILE` and `1>FILE` before it redirect its output.
"""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios

columns, rows, *command = sys.argv[1:]
redirected = {}
while command[0][1:2] == ">":
    redirect = command.pop(0)
    redirected[int(redirect[0])] = redirect[2:]

go, ready = os.pipe()
pid, terminal = pty.fork()
if pid == 0:
    os.close(ready)
    os.read(go, 1)
    for descriptor, path in redirected.items():
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), descriptor)
    os.execvp(command[0], command)

fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", int(rows), int(columns), 0, 0))
before = termios.tcgetattr(terminal)
os.write(ready, b"!")
sources = [terminal, sys.stdin.fileno()]
while terminal in sources:
    for source in select.select(sources, [], [])[0]:
        try:
            data = os.read(source, 65536)
        except OSError:
            data = b""
        if not data:
            sources.remove(source)
            if source != terminal:
                os.close(terminal)
                os.killpg(pid, signal.SIGKILL)
                sys.exit("the test has gone")
        elif source == terminal:
            os.write(sys.stdout.fileno(), data)
        else:
            os.write(terminal, data)
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
restored = before == termios.tcgetattr(terminal)
print(json.dumps({"exitCode": status, "restored": restored}), file=sys.stderr)
