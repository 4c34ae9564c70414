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
  before(async () => {
    sandbox = await startSandbox()
  })
  afterEach(async () => {
    for (const home of homes.splice(0)) await home.close()
  })
  after(() => sandbox?.stop())

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
    const told = args[0] === 'doctor' ? stdout : stderr
    if (ends === 1 || ends === 'loop' || ends === 7 || says !== '') expect(told).to.include('aws-oidc-ping')
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
  for (const [what, rows] of Object.entries(groups)) {
    describe(what, () => {
      for (const [deed, row] of Object.entries(rows)) {
        it(deed, async () => {
          const home = await homeWith(row)
          // The call that it is not for, and the one that it is for, at the same time.
          const another = await homeWith(row)
          const [good, own] = await Promise.all([another.run(['creds', '--profile', 'developer']), use(home, row)])
          isOneDocument(good)
          expect(good.stderr).not.to.include('aws-oidc-ping')
          judge(own, row)
        })
      }
    })
  }
})
