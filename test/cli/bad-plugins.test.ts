import {expect} from 'chai'
import {stringify} from 'yaml'
import {caches, otherCalls, signIns} from '../support/bad-plugins/calls.ts'
import {atImport, inManifest, outOfBounds} from '../support/bad-plugins/loading.ts'
import {creds, type Row, type Rows} from '../support/bad-plugins/row.ts'
import {isOneDocument} from '../support/document.ts'
import {type Ending, type Home, makeHome} from '../support/home.ts'
import {plantPlugin} from '../support/planted-plugin.ts'
import {type Sandbox, sandboxBin, startSandbox} from '../support/sandbox.ts'

const role = 'arn:aws:iam::123456789012:role/developer'

describe('a bad plugin harms nobody else, and is named where it is used:', () => {
  let sandbox: Sandbox
  const homes: Home[] = []
  const begun = new Map<Row, ReturnType<typeof calls>>()
  before(async () => {
    sandbox = await startSandbox()
    for (const row of Object.values(groups).flatMap(rows => Object.values(rows))) {
      if (!row.slow) continue
      const ended = calls(row)
      // Its test reports this.
      ended.catch(() => undefined)
      begun.set(row, ended)
    }
  })
  after(async () => {
    for (const home of homes) await home.close()
    await sandbox?.stop()
  })

  /** A home with that plugin, and two providers: a good one, and one with the strategy that the plugin declares. */
  async function homeWith({plant, args = creds}: Row): Promise<Home> {
    const home = await makeHome(sandbox)
    homes.push(home)
    await plantPlugin(home, plant)
    const {issuer, clientId} = sandbox
    // A plugin may bring no strategy at all.
    const isUsed = args.includes('bad')
    await home.writeConfig(
      stringify({
        browser: [process.execPath, sandboxBin, 'browse'],
        cache: 'file',
        providers: {
          sandbox: {strategy: 'oidc', issuer, clientId},
          ...(isUsed && {bad: {strategy: 'ping', issuer, clientId}}),
        },
        profiles: {
          developer: {provider: 'sandbox', role},
          ...(isUsed && {bad: {provider: 'bad', role}}),
        },
      }),
    )
    return home
  }

  async function use(home: Home, {args = creds, env = {}, interrupted}: Row): Promise<Ending> {
    if (!interrupted) return home.run(args, env)
    const {child, ended} = home.start(args, env)
    setTimeout(() => child.kill('SIGINT'), 1500)
    return ended
  }

  function judge({exitCode, signal, stdout, stderr}: Ending, {args = creds, ends = 1, says = ''}: Row): void {
    if (ends === 'well') {
      expect(exitCode, stderr).to.equal(0)
      if (args[0] === 'creds') isOneDocument({exitCode, signal, stdout, stderr})
    } else if (ends === 'loop') {
      expect({exitCode, signal, stdout}).to.deep.equal({exitCode: null, signal: 'SIGKILL', stdout: ''})
    } else {
      expect(exitCode, stderr).to.equal(ends)
      if (args[0] !== 'doctor') expect(stdout).to.equal('')
    }
    const told = args[0] === 'creds' ? stderr : stdout + stderr
    // Whoever presses Ctrl-C is told nothing.
    if (ends !== 130 && (ends !== 'well' || says !== '')) expect(told).to.include('aws-oidc-ping')
    expect(told).to.include(says)
  }

  const groups: Readonly<Record<string, Rows>> = {
    'which at its import': atImport,
    'whose package.json': inManifest,
    'which at its import (beyond its bounds)': outOfBounds,
    'whose strategy': signIns,
    'whose strategy, in another call,': otherCalls,
    'whose cache': caches,
  }
  /** How the call that the plugin is not for ends, and the one that it is for. */
  async function calls(row: Row): Promise<readonly [Ending, Ending]> {
    const [home, another] = await Promise.all([homeWith(row), homeWith(row)])
    return Promise.all([another.run(['creds', '--profile', 'developer']), use(home, row)])
  }

  for (const [what, rows] of Object.entries(groups)) {
    describe(what, () => {
      for (const [deed, row] of Object.entries(rows)) {
        it(deed, async () => {
          const [good, own] = await (begun.get(row) ?? calls(row))
          isOneDocument(good)
          expect(good.stderr).not.to.include('aws-oidc-ping')
          judge(own, row)
        })
      }
    })
  }
})
