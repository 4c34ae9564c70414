/**
 * A shell line that fills the pipe it prints to and leaves it non-blocking. Node makes the pipe so for as long as it runs,
 * and puts back how it was unless it is killed. The shell tells of that kill.
 */
export const fillsPipe = `(node -e '
  const fs = require("node:fs")
  void process.stdout
  try { for (;;) fs.writeSync(1, "x".repeat(4096)) } catch {}
  process.kill(process.pid, "SIGKILL")
  '; true) 2>/dev/null`
