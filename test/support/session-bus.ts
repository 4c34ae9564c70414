import {type ChildProcess, execFile, spawn} from 'node:child_process'
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {setTimeout as delay} from 'node:timers/promises'
import {promisify} from 'node:util'
import {root} from './sandbox.ts'

/** A private D-Bus session on which only what is started here runs, with a folder of its own for keyrings. */
export interface SessionBus {
  /** The variables that put a program on this bus. */
  readonly env: Readonly<Record<string, string>>
  /**
   * Starts the real gnome-keyring. A password creates or unlocks its login keyring; without one, that is missing or
   * locked.
   */
  startKeyring(password?: string): Promise<ChildProcess>
  /** The keyring item of aws-oidc with this name, as every program of the same user can read it. */
  readItem(name: string): Promise<string | undefined>
  /** Changes an item of aws-oidc without its knowledge; without a text, removes it. */
  changeItem(name: string, text?: string): Promise<void>
  /** Owns a name on the bus and never answers. */
  startSilentService(name: string): Promise<ChildProcess>
  stop(): Promise<void>
}

// No service files: nothing starts on demand.
const configuration = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
`

export async function startSessionBus(): Promise<SessionBus> {
  const folder = await mkdtemp(join(tmpdir(), 'aws-oidc-bus-'))
  await mkdir(join(folder, 'share'), {mode: 0o700})
  await writeFile(join(folder, 'bus.conf'), configuration)
  const children = new Set<ChildProcess>()
  const start = (program: string, args: readonly string[], env: NodeJS.ProcessEnv, input = '') => {
    const child = spawn(program, args, {
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        XDG_DATA_HOME: join(folder, 'share'),
        XDG_RUNTIME_DIR: folder,
        ...env,
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    children.add(child)
    child.once('exit', () => children.delete(child))
    // A program that ends before it has read everything is no error.
    child.stdin.on('error', () => undefined).end(input)
    return child
  }

  const bus = start('dbus-daemon', ['--nofork', '--print-address=1', `--config-file=${join(folder, 'bus.conf')}`], {})
  const env = {DBUS_SESSION_BUS_ADDRESS: await firstLine(bus)}

  async function owned(name: string): Promise<void> {
    const args = ['--session', '--print-reply=literal', '--dest=org.freedesktop.DBus', '/']
    for (;;) {
      const asking = start('dbus-send', [...args, 'org.freedesktop.DBus.NameHasOwner', `string:${name}`], env)
      if ((await firstLine(asking)).includes('true')) return
      await delay(50)
    }
  }

  async function withItem(name: string, work: string): Promise<string> {
    const script = `
      const {AsyncEntry} = require('@napi-rs/keyring')
      const entry = new AsyncEntry('aws-oidc', process.argv[1], {linux: {store: 'secret-service'}})
      void ${work}`
    const options = {cwd: root, env: {...process.env, ...env}}
    return (await promisify(execFile)(process.execPath, ['-e', script, name], options)).stdout
  }

  return {
    env,
    async startKeyring(password) {
      const args = ['--foreground', '--components=secrets', ...(password === undefined ? [] : ['--unlock'])]
      const keyring = start('gnome-keyring-daemon', args, env, password)
      await owned('org.freedesktop.secrets')
      return keyring
    },
    async readItem(name) {
      const text = await withItem(name, 'entry.getPassword().then(text => console.log(JSON.stringify(text ?? null)))')
      const value: unknown = JSON.parse(text)
      return typeof value === 'string' ? value : undefined
    },
    async changeItem(name, text) {
      await withItem(name, text === undefined ? 'entry.deletePassword()' : `entry.setPassword(${JSON.stringify(text)})`)
    },
    async startSilentService(name) {
      const program = join(root, '.cache/python/bin/python')
      const silent = start(program, [join(root, 'test/real/silent-service.py'), name], env)
      await firstLine(silent)
      return silent
    },
    async stop() {
      const ended = [...children].map(child => new Promise(resolve => child.once('exit', resolve)))
      for (const child of children) child.kill('SIGKILL')
      await Promise.all(ended)
      await rm(folder, {recursive: true, force: true})
    },
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (!child.stdout) return reject(new Error('no stdout'))
    child.once('error', reject)
    child.once('exit', code => reject(new Error(`${child.spawnfile} ended with ${code}`)))
    createInterface({input: child.stdout}).once('line', resolve)
    return undefined
  })
}
