import {type ChildProcess, spawn} from 'node:child_process'
import {createInterface} from 'node:readline'
import {setTimeout as pause, setImmediate as turnOfTheLoop} from 'node:timers/promises'

/** Tells signals to our whole process group, as from Ctrl-C, from signals to us alone. */
export interface Witness {
  /** Whether the rest of the group, too, has got the signal that we have just got. */
  saw(signal: NodeJS.Signals): Promise<boolean>
  leave(): void
}

// `read` fails when a signal interrupts it, and for good once we are gone.
const script = `for name in HUP INT QUIT TERM USR1 USR2; do trap "hit=1; echo SIG$name" $name; done
while hit=; read -r question || [ "$hit" ]; do echo "$question"; done`

// A signal to a group reaches its members one after the other, and a busy virtual machine may pause in between.
const lateMilliseconds = 30

// The fallback without a shell, as in a minimal image: these signals come from terminals, the others to us alone.
const ofTerminals: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT'])

/**
 * Node doesn't tell who sent a signal. So a shell in our process group records the signals it gets, and reports them on
 * request: a signal to the group is pending at every member before any of them can ask, or a moment later.
 */
export function groupWitness(program = '/bin/sh'): Witness {
  const shell = spawn(program, ['-c', script], {stdio: ['pipe', 'pipe', 'ignore'], env: {}, cwd: '/'})
  let isGone = false
  const gone = goneOf(shell).then(() => {
    isGone = true
  })
  const lines = createInterface({input: shell.stdout})
  shell.stdin.on('error', () => undefined)
  shell.unref()
  let questions = 0
  const ask = () => {
    const question = String(++questions)
    shell.stdin.write(`${question}\n`)
    return new Promise<void>(resolve => {
      const listen = (line: string) => {
        if (line !== question) return
        lines.off('line', listen)
        resolve()
      }
      lines.on('line', listen)
    })
  }
  const seen: string[] = []
  lines.on('line', async line => {
    if (!line.startsWith('SIG')) return
    seen.push(line)
    // The system may merge two signals in quick succession: keep this one until every listener that got one has asked,
    // the second time too.
    await pause(2 * lateMilliseconds, undefined, {ref: false})
    await ask()
    await ask()
    await turnOfTheLoop()
    seen.splice(seen.indexOf(line), 1)
  })
  return {
    async saw(signal) {
      for (const milliseconds of [0, lateMilliseconds]) {
        await pause(milliseconds)
        await Promise.race([ask(), gone])
        if (isGone) return ofTerminals.has(signal)
        if (seen.includes(signal)) return true
      }
      return false
    },
    leave: () => void shell.stdin.end(),
  }
}

function goneOf(shell: ChildProcess): Promise<void> {
  return new Promise(resolve => {
    shell.once('error', () => resolve()).once('exit', () => resolve())
  })
}
