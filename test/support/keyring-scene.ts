import type {ChildProcess} from 'node:child_process'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {entryFiles} from './entry-files.ts'
import type {Ending, Running} from './home.ts'
import {type Scene, useScene} from './scene.ts'
import {type SessionBus, startSessionBus} from './session-bus.ts'

type Json = Readonly<Record<string, unknown>>

/** A scene with a session bus of its own, on which nothing runs yet. */
export interface KeyringScene extends Scene {
  readonly bus: SessionBus
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ending>
  start(args: readonly string[], env?: Readonly<Record<string, string>>): Running
  /** The envelopes in the cache, as on disk. */
  envelopes(): Promise<readonly Json[]>
  /** The ways in which entries are protected. */
  forms(): Promise<readonly unknown[]>
  /** Adds providers at the same issuer, which are different ones to aws-oidc. */
  addProviders(names: readonly string[]): Promise<void>
  /** Starts a keyring that has its key, unlocked. */
  startKeyring(): Promise<ChildProcess>
  /** Locks a keyring from `startKeyring`; its prompts either stay unanswered, or can't be shown. */
  lockAgain(keyring: ChildProcess, prompts: 'hang' | 'fail'): Promise<void>
}

const password = 'password of the keyring'

export function useKeyringScene(): KeyringScene {
  const scene = useScene()
  let bus: SessionBus | undefined
  const there = () => {
    if (!bus) throw new Error('the bus is there during a test')
    return bus
  }
  beforeEach(async () => {
    bus = await startSessionBus()
    await scene.home.configure({top: {cache: 'auto'}})
  })
  afterEach(() => bus?.stop())

  const start: KeyringScene['start'] = (args, env) => scene.home.start(args, {...there().env, ...env})

  async function envelopes(): Promise<readonly Json[]> {
    const paths = await entryFiles(scene.home.cache)
    return Promise.all(paths.map(async path => JSON.parse(await readFile(path, 'utf8')) as Json))
  }

  return {
    get sandbox() {
      return scene.sandbox
    },
    get home() {
      return scene.home
    },
    get bus() {
      return there()
    },
    start,
    run: (args, env) => start(args, env).ended,
    envelopes,
    forms: async () => [...new Set((await envelopes()).map(({enc}) => enc))],
    async addProviders(names) {
      const {sandbox, home} = scene
      const added = names.map(name => {
        const provider = {strategy: 'oidc', issuer: sandbox.issuer, clientId: sandbox.clientId, sessionName: name}
        return `  ${name}: ${JSON.stringify(provider)}\n`
      })
      const text = await readFile(join(home.folder, '.config/aws-oidc/config.yaml'), 'utf8')
      await home.writeConfig(text.replace('providers:\n', `providers:\n${added.join('')}`))
    },
    startKeyring: () => there().startKeyring(password),
    async lockAgain(keyring, prompts) {
      await killed(keyring)
      if (prompts === 'hang') await there().startSilentService('org.gnome.keyring.SystemPrompter')
      await there().startKeyring()
    },
  }
}

export async function killed(child: ChildProcess): Promise<void> {
  const gone = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}
