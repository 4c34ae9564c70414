/**
 * A shell line that fills its stdout pipe and leaves it non-blocking. Node makes the pipe non-blocking while it runs,
 * and restores it unless it is killed. The shell reports that kill on stderr, hence the subshell.
 */
export const fillsPipe = `(node -e '
  const fs = require("node:fs")
  void process.stdout
  try { for (;;) fs.writeSync(1, "x".repeat(4096)) } catch {}
  process.kill(process.pid, "SIGKILL")
  '; true) 2>/dev/null`
