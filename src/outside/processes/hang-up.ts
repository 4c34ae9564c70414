import {readOwnFile} from '../files/read-file.ts'

type Env = Readonly<Record<string, string | undefined>>

/**
 * Whether we were started with SIGHUP ignored, as by nohup. Node resets every ignored signal before our code runs
 * (`PlatformInit` in its src/node.cc), so this goes by other evidence: the shell's `_`, the stdin that GNU nohup
 * substitutes for a terminal (/dev/null, opened for writing only), or a parent script that ignores SIGHUP.
 */
export function isDeafToHangUp(env: Env): boolean {
  if (/(?:^|\/)nohup$/.test(env._ ?? '')) return true
  const writeOnly = /^flags:\s+[0-7]*1$/m.test(textOf('/proc/self/fdinfo/0'))
  return writeOnly || /^SigIgn:\s+[0-9a-f]*[13579bdf]$/m.test(textOf(`/proc/${process.ppid}/status`))
}

function textOf(path: string): string {
  try {
    return readOwnFile(path).toString()
  } catch {
    // Not on Linux, or hidden there.
    return ''
  }
}
