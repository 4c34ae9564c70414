import {chmod, mkdir, utimes, writeFile} from 'node:fs/promises'
import {hostname} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import type {DoctorReport} from '../../src/formats/doctor-report.ts'
import {onFullDisk} from '../support/broken-input.ts'
import {examine, finds, type Illness} from '../support/doctor.ts'
import type {Home} from '../support/home.ts'
import {root, runAs, takeLock, variablesOf} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'

const signedIn = (home: Home) => home.run(['login', '-p', 'developer'])
const twoHoursAgo = () => new Date(Date.now() - 2 * 3_600_000)

const files: readonly Illness[] = [
  {
    id: 'files.open',
    severity: 'warning',
    when: 'where others may open them',
    async make({home}) {
      await signedIn(home)
      await chmod(home.cache, 0o755)
      await chmod(join(home.cache, 'locks'), 0o755)
    },
    says: /Others may read or write 2 paths of ours: .*cache\/aws-oidc, .*locks/,
    mend: /^aws-oidc doctor --fix$/,
    fixed: /^2 paths closed to others/,
  },
  {
    id: 'files.unwritable',
    severity: 'error',
    when: 'where a file is in the place of our folder',
    make: async ({home}) => {
      await mkdir(join(home.cache, '..'), {recursive: true})
      await writeFile(home.cache, '', {mode: 0o600})
    },
    says: /Nothing can be written to .*cache\/aws-oidc/,
    mend: /^ls -ld /,
  },
  {
    id: 'files.temporary',
    severity: 'warning',
    when: 'that a killed process left half-written, and leaves those of a running one alone',
    async make({home}) {
      await signedIn(home)
      await mkdir(join(home.folder, '.aws'))
      const own = ['v1/.x.0123456789ab.tmp', 'warm/developer,.0123456789ab.tmp'].map(name => `.cache/aws-oidc/${name}`)
      await mkdir(join(home.folder, '.cache/aws-oidc/warm'), {recursive: true, mode: 0o700})
      const left = [...own, '.aws/config.0123456789ab.tmp']
      for (const name of left) {
        await writeFile(join(home.folder, name), '', {mode: 0o600})
        await utimes(join(home.folder, name), twoHoursAgo(), twoHoursAgo())
      }
      await writeFile(join(home.folder, '.aws/config.ba9876543210.tmp'), '')
      await writeFile(join(home.folder, '.aws/others.0123456789ab.tmp'), '')
    },
    says: /^3 half-written files: \S+v1\/\.x\.0123456789ab\.tmp, \S+warm\/developer,\.0123456789ab\.tmp, \S+\.aws\/config\.0123456789ab\.tmp\.$/,
    mend: /^aws-oidc doctor --fix$/,
    fixed: /^3 paths removed/,
  },
  {
    id: 'files.compiled-left',
    severity: 'note',
    when: 'by another version of Node',
    make: async ({home}) => {
      for (const version of ['v20.1.0', `v${process.versions.node}`])
        await mkdir(join(home.cache, 'compiled', `${version}-x64-01234567-0`), {recursive: true, mode: 0o700})
    },
    says: /^1 folder of code compiled by another Node: \S+compiled\/v20\.1\.0-x64-01234567-0\.$/,
    mend: /^aws-oidc doctor --fix$/,
    fixed: /^1 path removed/,
  },
  {
    id: 'files.exec-left',
    severity: 'warning',
    when: 'of a program whose aws-oidc was killed, and leaves those of a running one and of another machine alone',
    async make({home}) {
      const here = hostname().replace(/[^\w-]/g, '_')
      // A number that no process has: https://man7.org/linux/man-pages/man5/proc_sys_kernel.5.html
      for (const mark of [`${here}.99999999`, `${here}.${process.pid}`, 'another-host.99999999']) {
        await mkdir(join(home.cache, 'exec', `${mark}.0123456789abcdef`), {recursive: true, mode: 0o700})
      }
    },
    says: /^1 folder left by a killed "exec --serve": .*99999999\.0123456789abcdef\.$/,
    mend: /^aws-oidc doctor --fix$/,
    fixed: /^1 path removed/,
  },
]

const closedPort = 'unix:path=/nonexistent/bus'
const secrets: readonly Illness[] = [
  {
    id: 'cache.unusable',
    severity: 'error',
    when: 'where the chosen cache does not exist',
    make: ({home}) => home.configure({top: {cache: 'fil'}}),
    says: /^"cache" in the configuration: There is no cache "fil"/,
    mend: /cache: file/,
  },
  {
    id: 'cache.unusable',
    severity: 'error',
    when: 'where AWS_OIDC_CACHE names the cache of a plugin that is not installed',
    env: () => ({AWS_OIDC_CACHE: 'pass'}),
    says: /^AWS_OIDC_CACHE: The cache "pass" comes from a plugin/,
    mend: /^aws-oidc plugins install aws-oidc-cache-pass$/,
  },
  {
    id: 'cache.nothing-kept',
    severity: 'note',
    when: 'in a CI job',
    make: ({home}) => home.configure({top: {cache: 'auto'}}),
    env: () => ({CI: 'true'}),
    says: /a CI job .*Nothing is kept/,
    mend: /^export AWS_OIDC_CACHE=file$/,
  },
  {
    id: 'keyring.absent',
    severity: 'note',
    when: 'where there is no keyring, and none was chosen',
    make: ({home}) => home.configure({top: {cache: 'auto'}}),
    says: /There is no keyring here \(no D-Bus session\)\. Credentials and tokens are stored in plain text/,
    mend: /cache: file/,
  },
  {
    id: 'keyring.absent',
    severity: 'error',
    when: 'where there is no keyring, and the configuration requires it',
    make: ({home}) => home.configure({top: {cache: 'keyring'}}),
    says: /no keyring here .*"cache: keyring" can't work/,
    mend: /cache: file/,
  },
  {
    id: 'keyring.unusable',
    severity: 'warning',
    when: 'where nobody answers at the address of the session’s bus',
    make: ({home}) => home.configure({top: {cache: 'auto'}}),
    env: () => ({DBUS_SESSION_BUS_ADDRESS: closedPort}),
    says: /keyring of this system can't be used: .*nonexistent.* Until then, credentials and tokens are stored in plain text/,
    mend: /cache: file/,
  },
  {
    id: 'secrets.unsealed',
    severity: 'note',
    when: 'that was never chosen',
    async make({home}) {
      await signedIn(home)
      await home.configure({top: {cache: 'auto'}})
    },
    says: /^\d secrets in plain text, readable by you only, in .*aws-oidc\/v1/,
    mend: /cache: file/,
  },
  {
    id: 'secrets.unsealed',
    severity: 'warning',
    when: 'beside a cache that seals its entries',
    async make({home}) {
      await signedIn(home)
      await home.configure({top: {cache: 'keyring'}})
    },
    says: /^\d secrets in plain text/,
    mend: /^aws-oidc cache clear$/,
  },
  {
    id: 'browser.program',
    severity: 'warning',
    when: 'that the configuration names and that does not exist',
    make: ({home}) => home.configure({top: {browser: ['no-such-browser', '-P', 'work']}}),
    says: /^"browser" in the configuration names no-such-browser, which is not there/,
    mend: /Name a program that exists/,
  },
  {
    id: 'browser.program',
    severity: 'warning',
    when: 'that BROWSER names and that can not be started',
    make: ({home}) => writeFile(join(home.folder, 'browser'), ''),
    env: ({home}) => ({BROWSER: join(home.folder, 'browser')}),
    says: /^BROWSER names .*\/browser, which is not there or can't be started/,
    mend: /^unset BROWSER$/,
  },
]

describe('doctor, for files, secrets and the browser,', () => {
  const scene = useScene()
  finds(scene, [...files, ...secrets])

  it('finds lock.held during a sign-in, and does not wait for it', async () => {
    await signedIn(scene.home)
    const release = await takeLock(scene.home)
    try {
      const {findings, healthy} = await examine(scene.home, {}, ['--no-network'])
      expect(findings.find(({id}) => id === 'lock.held')?.what).to.include('(1 lock)')
      expect(healthy).to.equal(true)
    } finally {
      release()
    }
    expect((await examine(scene.home, {}, ['--no-network'])).findings.map(({id}) => id)).not.to.include('lock.held')
  })
  it('finds files.no-space where the disk is full', async function () {
    if (!root || process.platform !== 'linux') return this.skip()
    const env = variablesOf(scene.home, scene.sandbox)
    const ended = await runAs(['doctor', '--no-network', '--json'], {env, shell: onFullDisk})
    if (/unshare|mount:/.test(ended.stderr)) return this.skip()
    const {findings}: DoctorReport = JSON.parse(ended.stdout)
    expect(findings.find(({id}) => id === 'files.no-space')?.what).to.match(/^The disk of .*aws-oidc is full: /)
    expect(ended.exitCode).to.equal(7)
    const elsewhere = await examine(scene.home, {}, ['--no-network'])
    expect(elsewhere.findings.map(({id}) => id)).not.to.include('files.no-space')
  })
})
