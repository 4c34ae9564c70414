import {readOwnFile} from '../files/read-file.ts'

type Env = Readonly<Record<string, string | undefined>>

/**
 * Whether we were started deaf to SIGHUP, as by nohup. Node gives every ignored signal its default back before any code of
 * ours runs (`PlatformInit` in its src/node.cc), so this goes by what is left to see: the shell's `_`, what GNU nohup puts
 * in the place of a terminal as stdin (/dev/null, opened for writing only), and a script around us that ignores it.
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
