import {chmod, mkdtemp, rm} from 'node:fs/promises'
import {expect} from 'chai'
import type {Ending} from './home.ts'
import {makeHome} from './home.ts'
import {runAs, variablesOf} from './machine.ts'
import {bring, type Place, places, type State, states} from './place-states.ts'
import {useScene} from './scene.ts'

const commands = {
  creds: ['creds', '-p', 'developer'],
  login: ['login', '-p', 'developer'],
  status: ['status'],
  exec: ['exec', '-p', 'developer', '--', 'true'],
  doctor: ['doctor', '--profile', 'developer', '--no-network'],
  logout: ['logout', '-p', 'developer'],
  'cache clear': ['cache', 'clear'],
} as const

type Command = keyof typeof commands

/** Tests all commands with each place in each state; the outcome must depend on place and state alone. */
export function behavesInEveryPlace({part}: {readonly part: 'a third' | 'the rest'}): void {
  const scene = useScene()

  async function callWith(place: Place, state: State, command: Command): Promise<Ending | undefined> {
    const {sandbox} = scene
    const home = await makeHome(sandbox)
    const memory = await mkdtemp('/dev/shm/aws-oidc-test-')
    try {
      const brought = await bring(place, state, home, memory)
      if (!brought) return undefined
      const {env, path, ...start} = brought
      const ending = await runAs(commands[command], {
        ...(start.shell === undefined ? start : {shell: start.shell}),
        env: {...variablesOf(home, sandbox), ...env},
      })
      await chmod(path, 0o700).catch(() => undefined)
      return ending
    } finally {
      await rm(memory, {recursive: true, force: true})
      await home.close()
    }
  }

  for (const [row, place] of keysOf(places).entries()) {
    for (const [column, state] of states.entries()) {
      const chosen = keysOf(commands).filter((_, at) => ((row + column + at) % 3 === 0) === (part === 'a third'))

      it(`where the folder for ${place} ${state}: ${chosen.join(', ')}`, async function () {
        if (process.platform !== 'linux') return this.skip()
        const endings = chosen.map(async command => ({command, ending: await callWith(place, state, command)}))
        for (const {command, ending} of await Promise.all(endings)) {
          if (!ending || /unshare|mount:/.test(ending.stderr)) return this.skip()
          expectTruth(ending, command, place, state)
        }
      })
    }
  }
}

/** Never a bug; credentials if the configuration is readable; and one warning if something can't be kept. */
function expectTruth({exitCode, stdout, stderr}: Ending, command: Command, place: Place, state: State): void {
  const label = `${command}: exit ${exitCode}: ${stdout}${stderr}`
  const warnings = stderr.match(/^Warning: .*/gm) ?? []
  expect(label).not.to.match(/bug in aws-oidc|"BUG"|\n +at /)

  if (place === 'config' && unread[state]) {
    const idle = command === 'doctor' ? [7] : asks(command) ? [2] : [0, 2]
    expect(exitCode, label).to.be.oneOf(idle)
    if (asks(command)) expect(stderr, label).to.match(unread[state])
    return
  }

  const lost = whyLost(place, state)
  if (command === 'doctor') {
    if (lost) expect(stdout, label).to.match(/Nothing can be written to |The disk of .* is full/)
    expect(exitCode, label).to.be.oneOf(lost ? [7] : [0, 7])
    return
  }
  const hides = (command === 'logout' || command === 'cache clear') && place === 'cache' && unseen.includes(state)
  if (hides) {
    expect(exitCode, label).to.equal(1)
    expect(stderr, label).to.match(/^Error: The cache "file" could not be cleared: EACCES/m)
    return
  }
  expect(exitCode, label).to.equal(0)
  if (command === 'creds') expect(JSON.parse(stdout), label).to.have.property('AccessKeyId')
  expect(warnings.length, label).to.be.at.most(1)
  if (asks(command)) {
    expect(warnings, label).to.have.length(lost ? 1 : 0)
    if (lost) expect(warnings[0], label).to.match(lost)
  }
}

/** Whether the command needs credentials, and so signs the user in. */
function asks(command: Command): boolean {
  return command === 'creds' || command === 'login' || command === 'exec'
}

const unread: Partial<Record<State, RegExp>> = {
  'is missing': /does not exist/,
  "can't be entered": /can't be read: EACCES/,
  'is a file': /does not exist/,
  'belongs to another owner': /can't be read: EACCES/,
  'has too long a name': /can't be read: ENAMETOOLONG/,
}

const unseen: readonly State[] = ["can't be entered", 'belongs to another owner']

const reasons: Partial<Record<State, string>> = {
  "can't be entered": 'EACCES',
  'is a file': '(?:ENOTDIR|EEXIST)',
  'belongs to another owner': 'EACCES',
  'is read-only': 'EACCES',
  'is on a full disk': 'ENOSPC',
  'has too long a name': 'ENAMETOOLONG',
}

/** The warning if nothing can be kept, or no lock can be made. */
function whyLost(place: Place, state: State): RegExp | undefined {
  const reason = reasons[state]
  if (reason === undefined || place === 'config' || place === 'data' || place === 'runtime') return undefined
  if (place === 'cache' || state === 'has too long a name')
    return new RegExp(`The cache "file" could not be written: ${reason}`)
  // An empty file takes no space.
  if (place !== 'locks' || state === 'is on a full disk') return undefined
  return new RegExp(`No lock could be made \\(${reason}`)
}

function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): readonly Key[] {
  return Object.keys(record) as Key[]
}
