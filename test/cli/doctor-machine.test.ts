import {chmod, chown, cp, mkdir, readFile, rm, symlink, utimes, writeFile} from 'node:fs/promises'
import {hostname} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {examine, finds, type Illness} from '../support/doctor.ts'
import type {Home} from '../support/home.ts'
import {bin} from '../support/home.ts'
import {nobody, root, runAs, takeLock} from '../support/machine.ts'
import {hookWith, plantPlugin} from '../support/planted-plugin.ts'
import {useScene} from '../support/scene.ts'

const configFile = ({folder}: Home) => join(folder, '.config/aws-oidc/config.yaml')
const launcher = ({folder}: Home) => join(folder, '.local/share/aws-oidc/bin/aws-oidc')
const synced = (home: Home) => home.run(['profiles', 'sync', '--yes'])
const signedIn = (home: Home) => home.run(['login', '-p', 'developer'])
const twoHoursAgo = () => new Date(Date.now() - 2 * 3_600_000)

async function plantProgram(path: string, text: string): Promise<string> {
  await mkdir(join(path, '..'), {recursive: true})
  await writeFile(path, text, {mode: 0o755})
  return path
}

/** Changes what the launcher of the home says. */
const launcherSaying =
  (change: (text: string) => string) =>
  async ({home}: {readonly home: Home}) => {
    await synced(home)
    await writeFile(launcher(home), change(await readFile(launcher(home), 'utf8')))
  }

const configuration: readonly Illness[] = [
  {
    id: 'config.broken',
    severity: 'error',
    when: 'with line and column, and the nearest name of an unknown key',
    make: ({home}) => home.writeConfig('providrs: {}\n'),
    says: /config\.yaml:1:1: providrs is not known/,
    mend: /Did you mean "providers"/,
  },
  {
    id: 'config.broken',
    severity: 'error',
    when: 'where the file is no YAML',
    make: ({home}) => home.writeConfig('providers: [\n'),
    says: /config\.yaml:\d+:\d+: /,
    mend: /Mend that place/,
  },
  {
    id: 'config.broken',
    severity: 'error',
    when: 'where a folder stands in its place',
    async make({home}) {
      await rm(configFile(home))
      await mkdir(configFile(home))
    },
    says: /config\.yaml can't be read: EISDIR/,
    mend: /^ls -ld /,
  },
  {
    id: 'config.absent',
    severity: 'error',
    when: 'on a machine that was never used',
    make: ({home}) => rm(join(home.folder, '.config'), {recursive: true}),
    says: /no configuration yet: .*config\.yaml does not exist/,
    mend: /^aws-oidc setup$/,
  },
  {
    id: 'config.writable',
    severity: 'warning',
    when: 'where others may write to it',
    make: ({home}) => chmod(configFile(home), 0o622),
    says: /Others may write to .*config\.yaml/,
    mend: /^chmod 600 /,
    fixed: /closed to others/,
  },
  {
    id: 'config.readable',
    severity: 'note',
    when: 'where others may only read it',
    make: ({home}) => chmod(configFile(home), 0o644),
    says: /Others may read .*config\.yaml/,
    mend: /^chmod 600 /,
    fixed: /closed to others/,
  },
  {
    id: 'profile.broken',
    severity: 'error',
    when: 'of a role that is none',
    make: ({home}) => home.configure({profiles: {odd: {provider: 'sandbox', role: 'developer'}}}),
    says: /The profile "odd": .*role/,
    mend: /./,
  },
]

const installation: readonly Illness[] = [
  {
    id: 'node.old',
    severity: 'warning',
    when: 'where an older Node is the first on the PATH',
    make: ({home}) => plantProgram(join(home.folder, 'old/node'), '#!/bin/sh\necho v20.11.0\n'),
    env: ({home}) => ({PATH: `${join(home.folder, 'old')}:${process.env.PATH}`}),
    says: /old\/node, is 20\.11\.0; .*needs >=24\.15/,
    mend: /Install a newer Node/,
  },
  {
    id: 'launcher.broken',
    severity: 'error',
    when: 'where the launcher may not be started',
    async make({home}) {
      await synced(home)
      await chmod(launcher(home), 0o600)
    },
    says: /bin\/aws-oidc, which AWS tools start, .*can't be started/,
    mend: /^aws-oidc doctor --fix$/,
    fixed: /is written anew/,
  },
  {
    id: 'launcher.moved',
    severity: 'warning',
    when: 'where the Node that it names has gone',
    make: launcherSaying(text => text.replace(/^node='.*'$/m, "node='/gone/node'")),
    says: /would start \/gone\/node, which is not there any more/,
    mend: /^aws-oidc doctor --fix$/,
    fixed: /is written anew/,
  },
  {
    id: 'launcher.node',
    severity: 'error',
    when: 'where the Node that it names is too old',
    async make(scene) {
      const node = await plantProgram(join(scene.home.folder, 'old/node'), '#!/bin/sh\necho v22.1.0\n')
      await launcherSaying(text => text.replace(/^node='.*'$/m, `node='${node}'`))(scene)
    },
    says: /starts .*old\/node, which is Node 22\.1\.0/,
    mend: /^aws-oidc doctor --fix$/,
    fixed: /is written anew/,
  },
  {
    id: 'launcher.outdated',
    severity: 'warning',
    when: 'where it starts another version of aws-oidc',
    async make(scene) {
      const other = join(scene.home.folder, 'other')
      await plantProgram(join(other, 'bin/run.js'), '')
      await writeFile(join(other, 'package.json'), '{"version": "0.9.0"}')
      await launcherSaying(text => text.replace(/^run='.*'$/m, `run='${other}/bin/run.js'`))(scene)
    },
    says: /starts aws-oidc 0\.9\.0 in .*other\/bin\/run\.js; this is 1\.0\.0/,
    mend: /^aws-oidc doctor --fix$/,
    fixed: /is written anew/,
  },
  {
    id: 'launcher.outdated',
    severity: 'warning',
    when: 'where another build of the same version has written it',
    make: launcherSaying(text => `${text}\n# Of yesterday.\n`),
    says: /bin\/aws-oidc is not as this version writes it/,
    mend: /^aws-oidc doctor --fix$/,
    fixed: /is written anew/,
  },
]

const hook = hookWith({})
const plugins: readonly Illness[] = [
  {
    id: 'plugin.absent',
    severity: 'warning',
    when: 'whose files were deleted by hand',
    async make({home}) {
      await plantPlugin(home, {hook})
      await rm(join(home.folder, 'plugins'), {recursive: true})
    },
    says: /aws-oidc-ping was installed, and its files are gone/,
    mend: /^aws-oidc plugins install aws-oidc-ping$/,
  },
  {
    id: 'plugin.unfit',
    severity: 'warning',
    when: 'that needs a newer aws-oidc',
    make: ({home}) => plantPlugin(home, {hook, manifest: {engines: {'aws-oidc': '>=2'}}}),
    says: /aws-oidc-ping can't be used: it needs aws-oidc >=2, this is 1\.0\.0/,
    mend: /^npm install --global aws-oidc@latest$/,
  },
  {
    id: 'plugin.unfit',
    severity: 'warning',
    when: 'that was built for another contract',
    make: ({home}) => plantPlugin(home, {hook, manifest: {'aws-oidc': {apiVersion: 0, strategies: ['ping']}}}),
    says: /built for version 0 of the contract, this is 1/,
    mend: /^aws-oidc plugins unlink aws-oidc-ping$/,
  },
  {
    id: 'plugin.node',
    severity: 'warning',
    when: 'that needs another Node',
    make: ({home}) => plantPlugin(home, {hook, manifest: {engines: {node: '>=99'}}}),
    says: /aws-oidc-ping needs Node >=99; this is 24\./,
    mend: /^aws-oidc plugins unlink/,
  },
  {
    id: 'plugin.manifest',
    severity: 'warning',
    when: 'with commands and without a manifest',
    make: ({home}) => plantPlugin(home, {hook, manifest: {oclif: {commands: './commands'}}}),
    says: /aws-oidc-ping has commands but no oclif\.manifest\.json/,
    mend: /^aws-oidc plugins unlink/,
  },
  {
    id: 'plugin.not-allowed',
    severity: 'note',
    when: 'that the configuration does not list',
    async make({home}) {
      await plantPlugin(home, {hook})
      await home.configure({top: {plugins: {allow: ['aws-oidc-keycloak']}}})
    },
    says: /aws-oidc-ping is installed and not used: "plugins\.allow"/,
    mend: /^aws-oidc plugins uninstall aws-oidc-ping$/,
  },
]

const files: readonly Illness[] = [
  {
    id: 'files.open',
    severity: 'warning',
    when: 'where others may get at them',
    async make({home}) {
      await signedIn(home)
      await chmod(home.cache, 0o755)
      await chmod(join(home.cache, 'locks'), 0o755)
    },
    says: /Others may get at 2 paths of ours: .*cache\/aws-oidc, .*locks/,
    mend: /^aws-oidc doctor --fix$/,
    fixed: /^2 paths closed to others/,
  },
  {
    id: 'files.unwritable',
    severity: 'error',
    when: 'where a file stands in the place of our folder',
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
    when: 'that a killed process has half written, and leaves those of a running one alone',
    async make({home}) {
      await signedIn(home)
      await mkdir(join(home.folder, '.aws'))
      const left = ['.cache/aws-oidc/v1/.x.0123456789ab.tmp', '.aws/config.0123456789ab.tmp']
      for (const name of left) {
        await writeFile(join(home.folder, name), '', {mode: 0o600})
        await utimes(join(home.folder, name), twoHoursAgo(), twoHoursAgo())
      }
      await writeFile(join(home.folder, '.aws/config.ba9876543210.tmp'), '')
      await writeFile(join(home.folder, '.aws/others.0123456789ab.tmp'), '')
    },
    says: /^2 half-written files: \S+v1\/\.x\.0123456789ab\.tmp, \S+\.aws\/config\.0123456789ab\.tmp\.$/,
    mend: /^aws-oidc doctor --fix$/,
    fixed: /^2 paths removed/,
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
    says: /^1 folder of a program .*99999999\.0123456789abcdef\.$/,
    mend: /^aws-oidc doctor --fix$/,
    fixed: /^1 path removed/,
  },
]

const closedPort = 'unix:path=/nonexistent/bus'
const secrets: readonly Illness[] = [
  {
    id: 'cache.unusable',
    severity: 'error',
    when: 'where the cache that is chosen is none',
    make: ({home}) => home.configure({top: {cache: 'fil'}}),
    says: /^"cache" in the configuration: There is no cache "fil"/,
    mend: /cache: file/,
  },
  {
    id: 'cache.unusable',
    severity: 'error',
    when: 'where AWS_OIDC_CACHE names that of a plugin which is not there',
    env: () => ({AWS_OIDC_CACHE: 'pass'}),
    says: /^AWS_OIDC_CACHE: The cache "pass" comes with a plugin/,
    mend: /^aws-oidc plugins install aws-oidc-cache-pass$/,
  },
  {
    id: 'cache.nothing-kept',
    severity: 'note',
    when: 'in a job of a CI system',
    make: ({home}) => home.configure({top: {cache: 'auto'}}),
    env: () => ({CI: 'true'}),
    says: /job of a CI system .*Nothing is kept/,
    mend: /^export AWS_OIDC_CACHE=file$/,
  },
  {
    id: 'keyring.absent',
    severity: 'note',
    when: 'where there is none, and nobody has insisted on one',
    make: ({home}) => home.configure({top: {cache: 'auto'}}),
    says: /There is no keyring here \(no D-Bus session\)\. Secrets rest in plain text/,
    mend: /cache: file/,
  },
  {
    id: 'keyring.absent',
    severity: 'error',
    when: 'where there is none, and the configuration insists on it',
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
    says: /keyring of this system can't be used: .*nonexistent.* Secrets rest in plain text/,
    mend: /cache: file/,
  },
  {
    id: 'secrets.unsealed',
    severity: 'note',
    when: 'that nobody has agreed to',
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
    when: 'beside a cache that was chosen to be sealed',
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
    when: 'that the configuration names and is not there',
    make: ({home}) => home.configure({top: {browser: ['no-such-browser', '-P', 'work']}}),
    says: /^"browser" in the configuration names no-such-browser, which is not there/,
    mend: /Name a program that is there/,
  },
  {
    id: 'browser.program',
    severity: 'warning',
    when: 'that BROWSER names and may not be started',
    make: ({home}) => writeFile(join(home.folder, 'browser'), ''),
    env: ({home}) => ({BROWSER: join(home.folder, 'browser')}),
    says: /^BROWSER names .*\/browser, which is not there or can't be started/,
    mend: /^unset BROWSER$/,
  },
]

describe('doctor, of this machine,', () => {
  const scene = useScene()
  finds(scene, [...configuration, ...installation, ...plugins, ...files, ...secrets])

  it('finds program.npx where it runs from the cache of npx, from which nothing is to be started', async () => {
    const {home} = scene
    const folder = join(home.folder, '_npx/0123/node_modules/aws-oidc')
    const from = join(bin, '../..')
    for (const name of ['bin', 'dist', 'package.json', 'oclif.manifest.json']) {
      await cp(join(from, name), join(folder, name), {recursive: true})
    }
    await symlink(join(from, 'node_modules'), join(folder, 'node_modules'))
    await synced(home)
    await chmod(launcher(home), 0o600)
    const {stdout} = await home.run(['doctor', '--json', '--no-network', '--fix'], {}, join(folder, 'bin/run.js'))
    const ids = (JSON.parse(stdout) as {findings: {id: string; fixable: boolean}[]}).findings
    expect(ids.find(({id}) => id === 'program.npx')).to.include({fixable: false})
    expect(ids.find(({id}) => id === 'launcher.broken')).to.include({fixable: false})
    expect((await home.run(['doctor', '--no-network'])).stdout).to.include('launcher.broken')
  })

  for (const [id, path, says] of [
    ['config.owner', '.config/aws-oidc/config.yaml', /config\.yaml belongs to somebody else/],
    ['files.owner', '.cache/aws-oidc/v1', /1 path of ours belong to somebody else, as after "sudo aws-oidc": .*v1/],
  ] as const) {
    it(`finds ${id} where it is not ours`, async function () {
      if (!root) this.skip()
      await signedIn(scene.home)
      await chown(join(scene.home.folder, path), nobody, nobody)
      const {findings} = await examine(scene.home, {}, ['--no-network'])
      const told = findings.find(finding => finding.id === id)
      expect(told).to.include({severity: 'error', fixable: false})
      expect(told?.what).to.match(says)
      expect(told?.mend).to.match(/^sudo chown (?:-R )?"\$USER" \S+$/)
    })
  }

  it('finds lock.held while somebody signs in, and waits for nobody', async () => {
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

  it('looks at everything else although the configuration is broken', async () => {
    const {home} = scene
    await synced(home)
    await writeFile(join(home.folder, '.aws/credentials'), '[developer]\naws_access_key_id = AKIA\n')
    await home.writeConfig('cache: [\n')
    const {findings} = await examine(home, {BROWSER: '/gone'}, ['--no-network', '--provider', 'sandbox'])
    expect(findings.map(({id}) => id)).to.include.members(['config.broken', 'profile.shadowed', 'browser.program'])
  })

  it('works without a home, as a user whom the system does not know', async function () {
    if (!root) this.skip()
    const {exitCode, stdout, stderr} = await runAs(['doctor'], {env: {PATH: process.env.PATH}, user: 12_345})
    expect({exitCode, stderr}).to.deep.equal({exitCode: 7, stderr: ''})
    expect(stdout).to.include('no home folder').and.include('cache.nothing-kept').and.not.to.include('undefined')
  })

  it('names a provider or profile that is not there, exit code 2', async () => {
    const {exitCode, stderr} = await scene.home.run(['doctor', '-p', 'develper'])
    expect(exitCode).to.equal(2)
    expect(stderr).to.include('--profile developer')
    expect(await scene.home.run(['doctor', '--provider', 'sandbx'])).to.include({exitCode: 2})
  })

  it('has examples in its help that run', async () => {
    const {home} = scene
    const {stdout} = await home.run(['doctor', '--help'])
    const examples = [...(stdout.split('EXAMPLES')[1] ?? '').matchAll(/^ +\$ aws-oidc (doctor.*)$/gm)].map(
      ([, words = '']) => words.split(' '),
    )
    expect(examples).to.have.length(3)
    for (const example of examples) expect((await home.run(example)).exitCode, example.join(' ')).to.be.oneOf([0, 7])
  })

  it('tells people by area what is fine and what to type, without colours into a pipe', async () => {
    await signedIn(scene.home)
    await chmod(scene.home.cache, 0o755)
    const {exitCode, stdout} = await scene.home.run(['doctor', '--no-network'])
    expect(exitCode).to.equal(7)
    expect(stdout)
      .to.match(/^Configuration\n {2}ok {7}.*config\.yaml: 1 provider, 2 profiles\n/m)
      .and.match(/^ {2}warning {2}Others may get at 1 path .*\(files\.open\)\n {11}Try: aws-oidc doctor --fix\n/m)
      .and.match(/\n\n1 warning, \d notes?\.\n"aws-oidc doctor --fix" mends 1 of them\.\n$/)
    const fixed = await scene.home.run(['doctor', '--no-network', '--fix'])
    expect(fixed.stdout).to.match(/^ {2}fixed {4}Others may get at .*\n {11}1 path closed to others\.\n/m)
    expect(fixed.exitCode).to.equal(0)
  })
})
