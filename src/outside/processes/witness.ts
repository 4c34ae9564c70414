import {type ChildProcess, spawn} from 'node:child_process'
import {createInterface} from 'node:readline'
import {setImmediate as turnOfTheLoop} from 'node:timers/promises'

/** Tells signals that all of our process group got, as from Ctrl-C, from those that somebody sent to us alone. */
export interface Witness {
  /** Whether the others have got a signal, too, which we have just got. */
  saw(signal: NodeJS.Signals): Promise<boolean>
  leave(): void
}

// `read` fails where a signal comes in between, and for good once we are gone.
const script = `for name in HUP INT QUIT TERM USR1 USR2; do trap "hit=1; echo SIG$name" $name; done
while hit=; read -r question || [ "$hit" ]; do echo "$question"; done`

// Where nothing can be told, as in an image without a shell: these come from terminals, and the others are sent to us alone.
const ofTerminals: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT'])

/**
 * Node doesn't tell who sent a signal. So a shell in our process group notes what it gets, and says so when it is asked: a
 * signal for the group has been left at every member before any of them asks.
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
    // The system may have made one of two that came shortly after each other: until all who have got one have asked.
    await ask()
    await ask()
    await turnOfTheLoop()
    seen.splice(seen.indexOf(line), 1)
  })
  return {
    async saw(signal) {
      await Promise.race([ask(), gone])
      return isGone ? ofTerminals.has(signal) : seen.includes(signal)
    },
    leave: () => void shell.stdin.end(),
  }
}

function goneOf(shell: ChildProcess): Promise<void> {
  return new Promise(resolve => {
    shell.once('error', () => resolve()).once('exit', () => resolve())
  })
}
