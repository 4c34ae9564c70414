import {join} from 'node:path'
import {expect} from 'chai'
import {isOneDocument} from '../support/document.ts'
import {useKeyringScene} from '../support/keyring-scene.ts'
import {runAs, variablesOf} from '../support/machine.ts'
import {root} from '../support/sandbox.ts'

const creds = ['creds', '-p', 'developer']
const python = join(root, '.cache/python/bin/python')

/** A session keyring of its own, as a login has one: without it nothing in the kernel would keep anything. keyctl(2) */
const inOwnSession = `exec "${python}" -c '
import ctypes, os, platform, sys
number = {"x86_64": 250, "aarch64": 219}[platform.machine()]
if ctypes.CDLL(None).syscall(number, 1, None) < 0: sys.exit("no session keyring")
os.execvp(sys.argv[1], sys.argv[1:])' "$@"`

describe("the kernel's keyring", () => {
  const scene = useKeyringScene()

  const run = (env = {}) =>
    runAs(creds, {env: {...variablesOf(scene.home, scene.sandbox), ...scene.bus.env, ...env}, shell: inOwnSession})

  for (const [what, break_] of [
    ['there is none on the bus', async () => undefined],
    ['the bus has gone', () => scene.bus.stop()],
    ['it has no login collection', () => scene.bus.startKeyring()],
    ['it never answers', () => scene.bus.startSilentService('org.freedesktop.secrets')],
  ] as const) {
    it(`is never used in place of a real one, when ${what}`, async function () {
      await break_()
      const ending = await run()
      if (ending.stderr.includes('no session keyring')) this.skip()
      isOneDocument(ending)
      expect(ending.stderr.match(/^Warning: .+ plain text .+$/gm), ending.stderr).to.have.length(1)
      expect(await scene.forms()).to.deep.equal(['none'])
    })
  }

  it('is never used where there is no bus', async function () {
    const ending = await run({DBUS_SESSION_BUS_ADDRESS: undefined})
    if (ending.stderr.includes('no session keyring')) this.skip()
    isOneDocument(ending)
    expect(ending.stderr).to.include('There is no keyring here')
    expect(await scene.forms()).to.deep.equal(['none'])
  })
})
