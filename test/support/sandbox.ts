import {type ChildProcess, spawn} from 'node:child_process'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
export const sandboxBin = join(root, 'plugins/sandbox/bin/run.js')

export interface JournalEntry {
  readonly at: string
  readonly kind: string
  readonly grant?: string
  readonly action?: string
  readonly method?: string
  readonly role?: string
  readonly durationSeconds?: number
  /** Fingerprints of refresh tokens. */
  readonly spent?: string
  readonly given?: string
  readonly outcome: string
}

/** Where the two services of the instance are, and how it is named. */
export interface IdentityCenterAddresses {
  readonly oidc: string
  readonly portal: string
  readonly startUrl: string
  readonly region: string
}

/** A test's own identity provider and STS, steered over the control address. */
export interface Sandbox {
  readonly issuer: string
  readonly clientId: string
  readonly sts: string
  readonly console: string
  readonly control: string
  /** Its instance of IAM Identity Center. */
  readonly identityCenter: IdentityCenterAddresses
  /** The events since the last `reset`. */
  journal(): Promise<readonly JournalEntry[]>
  /** How often a user signed in since the last `reset`. */
  signIns(): Promise<number>
  /** Injects a fault: see plugins/sandbox/README.md. */
  fault(fault: Readonly<Record<string, unknown>>): Promise<void>
  steer(method: string, path: string, body?: object): Promise<unknown>
  /** Removes all faults, empties the journal, and resets the clock and the instance of IAM Identity Center. */
  reset(): Promise<void>
  stop(): Promise<void>
}

/** `args` are additional arguments for `aws-oidc-sandbox start`. */
export async function startSandbox(args: readonly string[] = []): Promise<Sandbox> {
  const folder = await mkdtemp(join(tmpdir(), 'aws-oidc-sandbox-'))
  const child = spawn(process.execPath, [sandboxBin, 'start', '--json', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ready = JSON.parse(await firstLine(child)) as Pick<
    Sandbox,
    'issuer' | 'clientId' | 'sts' | 'console' | 'control' | 'identityCenter'
  >

  async function control(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${ready.control}${path}`, {
      method,
      ...(body && {body: JSON.stringify(body), headers: {'content-type': 'application/json'}}),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`sandbox: ${method} ${path}: ${response.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }

  const journal = async () => (await control('GET', '/journal')) as readonly JournalEntry[]
  return {
    ...ready,
    journal,
    signIns: async () => (await journal()).filter(({kind, outcome}) => kind === 'sign-in' && outcome === 'ok').length,
    fault: async fault => void (await control('POST', '/faults', fault)),
    steer: control,
    async reset() {
      await control('DELETE', '/faults')
      await control('DELETE', '/journal')
      await control('DELETE', '/identity-center')
      await control('POST', '/clock', {offsetSeconds: 0})
    },
    async stop() {
      const ended = new Promise(resolve => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
      await rm(folder, {recursive: true, force: true})
    },
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (!child.stdout) return reject(new Error('no stdout'))
    child.once('exit', code => reject(new Error(`the sandbox ended with ${code}`)))
    createInterface({input: child.stdout}).once('line', resolve)
    return undefined
  })
}
