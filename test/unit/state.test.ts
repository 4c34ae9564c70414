import {lstat, mkdtemp, readdir, rm, utimes, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {fileStates, type ProviderState} from '../../src/coordination/state.ts'
import {systemFiles} from '../../src/outside/files/files.ts'

const at = new Date('2026-11-23T09:00:00Z')
const full: ProviderState = {
  departures: 1,
  failures: 2,
  sharedFailures: [{number: 2, scope: 'sign-in', code: 'SIGN_IN_REFUSED', message: 'no', hint: 'aws-oidc login'}],
  signInFailures: [at],
  refusedRoles: {role: {at: [at], message: 'no'}},
  durations: {role: {asked: 43_200, given: 3600, until: at}},
  renewals: {key: at},
  lastRole: 'role',
}
const empty: ProviderState = {
  departures: 0,
  failures: 0,
  sharedFailures: [],
  signInFailures: [],
  refusedRoles: {},
  durations: {},
  renewals: {},
}

describe('the state of a provider', () => {
  let home = ''
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'aws-oidc-state-'))
  })
  afterEach(() => rm(home, {recursive: true, force: true}))

  const exclusively = <Result>(_: string, work: () => Promise<Result>) => work()
  const states = (folder: string | undefined) =>
    fileStates({folder, readText: systemFiles.readText, replace: systemFiles.replacePrivate, exclusively})

  it('is read as it was written', async () => {
    expect(await states(join(home, 'state')).change('provider', () => full)).to.equal(true)
    expect(await states(join(home, 'state')).read('provider')).to.deep.equal(full)
    expect(await states(join(home, 'state')).read('another')).to.deep.equal(empty)
  })

  it('is a file for its owner alone, with nothing else beside it', async function () {
    if (process.platform === 'win32') this.skip()
    const before = process.umask(0)
    try {
      await states(join(home, 'state')).change('provider', () => full)
      expect(await readdir(join(home, 'state'))).to.deep.equal(['provider.json'])
      expect(((await lstat(join(home, 'state'))).mode & 0o777).toString(8)).to.equal('700')
      expect(((await lstat(join(home, 'state/provider.json'))).mode & 0o777).toString(8)).to.equal('600')
    } finally {
      process.umask(before)
    }
  })

  it('removes what a killed process left half-written when it is written, but not what another process is writing now', async () => {
    const [left, current, foreign] = ['provider.json.aaaaaaaaaaaa.tmp', 'other.json.bbbbbbbbbbbb.tmp', 'notes.tmp']
    await states(join(home, 'state')).change('provider', () => full)
    for (const name of [left, current, foreign]) await writeFile(join(home, 'state', name), '{')
    const long = new Date(Date.now() - 2 * 3_600_000)
    for (const name of [left, foreign]) await utimes(join(home, 'state', name), long, long)
    await states(join(home, 'state')).change('provider', () => full)
    expect(await readdir(join(home, 'state'))).to.have.members(['provider.json', current, foreign])
  })

  it('that can not be read counts as empty, and is replaced', async () => {
    await states(join(home, 'state')).change('provider', () => full)
    for (const text of [
      '',
      '{"failures',
      'null',
      '[]',
      '{"failures":"two","signInFailures":[7],"durations":{"role":1}}',
    ]) {
      await writeFile(join(home, 'state/provider.json'), text)
      expect(await states(join(home, 'state')).read('provider'), text).to.deep.equal(empty)
    }
    await states(join(home, 'state')).change('provider', state => ({...state, failures: state.failures + 1}))
    expect((await states(join(home, 'state')).read('provider')).failures).to.equal(1)
  })

  it('in a file system that calls every folder missing is not written, and does not hang', async function () {
    if (process.platform !== 'linux') this.skip()
    expect(await states('/proc/nowhere/aws-oidc/state').change('provider', () => full)).to.equal(false)
  })

  it('that can not be written is reported to the caller, and costs nothing', async () => {
    await writeFile(join(home, 'file'), '')
    expect(await states(join(home, 'file')).change('provider', () => full)).to.equal(false)
    const nowhere = states(undefined)
    expect(await nowhere.change('provider', () => full)).to.equal(false)
    expect(await nowhere.read('provider')).to.deep.equal(empty)
  })
})
