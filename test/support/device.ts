import {spawn} from 'node:child_process'
import {once} from 'node:events'
import type {Home, Running} from './home.ts'
import {type JournalEntry, type Sandbox, sandboxBin} from './sandbox.ts'

export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

/** A session whose user is at another machine. */
export const overSsh = {SSH_CONNECTION: '192.0.2.1 50000 192.0.2.2 22'}

/** A sign-in that shows a code and waits for the user. */
export interface ShownCode extends Running {
  readonly address: URL
  readonly code: string
  /** What the command had written until then. */
  readonly said: string
}

/** Starts a command and waits until it shows a code. */
export function waitForCode(
  home: Home,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = overSsh,
): Promise<ShownCode> {
  const running = home.start(args, env)
  return new Promise((resolve, reject) => {
    let said = ''
    running.child.stderr?.on('data', (text: string) => {
      said += text
      const [, address] = /^ {2}(https?:\S+)\n/m.exec(said) ?? []
      const [, code] = /enter the code {2}(\S+) {2}until /.exec(said) ?? []
      if (address && code && said.endsWith('enter it.\n')) resolve({...running, address: new URL(address), code, said})
    })
    running.ended.then(({exitCode}) => reject(new Error(`no code was shown; exit code ${exitCode}: ${said}`)))
  })
}

/** Enters the shown code on the page for device codes, and signs in. */
export async function enterCode({address, code}: Pick<ShownCode, 'address' | 'code'>, user = 'alice'): Promise<void> {
  const child = spawn(process.execPath, [sandboxBin, 'browse', address.href], {
    env: {...process.env, SANDBOX_USER: user, SANDBOX_CODE: code},
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [exitCode] = await once(child, 'exit')
  if (exitCode !== 0) throw new Error(`the scripted browser ended with ${exitCode}`)
}

/** Resolves when the provider has answered polls with this outcome that often. */
export async function untilPolled(sandbox: Sandbox, outcome: string, times = 1): Promise<void> {
  const polled = ({grant, outcome: found}: JournalEntry) => grant === deviceGrant && found === outcome
  while ((await sandbox.journal()).filter(polled).length < times) {
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

export async function countOf(sandbox: Sandbox, kind: string): Promise<number> {
  return (await sandbox.journal()).filter(entry => entry.kind === kind).length
}
