import {chmod, chown, cp, mkdir, readFile, rm, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {examine, finds, type Illness} from '../support/doctor.ts'
import {bin, type Home} from '../support/home.ts'
import {nobody, root, runAs} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'

const configFile = ({folder}: Home) => join(folder, '.config/aws-oidc/config.yaml')
const launcher = ({folder}: Home) => join(folder, '.local/share/aws-oidc/bin/aws-oidc')
const synced = (home: Home) => home.run(['profiles', 'sync', '--yes'])
const signedIn = (home: Home) => home.run(['login', '-p', 'developer'])

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
    when: 'where the file is not YAML',
    make: ({home}) => home.writeConfig('providers: [\n'),
    says: /config\.yaml:\d+:\d+: /,
    mend: /Fix that line/,
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
    when: 'for a role that is not valid',
    make: ({home}) => home.configure({profiles: {odd: {provider: 'sandbox', role: 'developer'}}}),
    says: /The profile "odd": .*role/,
    mend: /./,
  },
]

const installation: readonly Illness[] = [
  {
    id: 'node.old',
    severity: 'warning',
    when: 'where an older Node is first on the PATH',
    make: ({home}) => plantProgram(join(home.folder, 'old/node'), '#!/bin/sh\necho v20.11.0\n'),
    env: ({home}) => ({PATH: `${join(home.folder, 'old')}:${process.env.PATH}`}),
    says: /old\/node, which is 20\.11\.0; .*needs >=24\.15/,
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
    fixed: /was rewritten/,
  },
  {
    id: 'launcher.moved',
    severity: 'warning',
    when: 'where the Node that it names is gone',
    make: launcherSaying(text => text.replace(/^node='.*'$/m, "node='/gone/node'")),
    says: /should start \/gone\/node, which is gone/,
    mend: /^aws-oidc doctor --fix$/,
    fixed: /was rewritten/,
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
    fixed: /was rewritten/,
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
    fixed: /was rewritten/,
  },
  {
    id: 'launcher.outdated',
    severity: 'warning',
    when: 'where another build of the same version has written it',
    make: launcherSaying(text => `${text}\n# Of yesterday.\n`),
    says: /bin\/aws-oidc differs from what this version writes/,
    mend: /^aws-oidc doctor --fix$/,
    fixed: /was rewritten/,
  },
]

describe('doctor, for this machine,', () => {
  const scene = useScene()
  finds(scene, [...configuration, ...installation])

  it('finds program.npx where aws-oidc runs from the cache of npx, and fixes nothing from there', async () => {
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
    const ids = (JSON.parse(stdout) as {findings: {id: string; fixable: boolean; mend: string}[]}).findings
    expect(ids.find(({id}) => id === 'program.npx')).to.include({
      fixable: false,
      mend: 'Install aws-oidc as its README says.',
    })
    expect(ids.find(({id}) => id === 'launcher.broken')).to.include({fixable: false})
    expect((await home.run(['doctor', '--no-network'])).stdout).to.include('launcher.broken')
  })

  for (const [id, path, says] of [
    ['config.owner', '.config/aws-oidc/config.yaml', /config\.yaml belongs to another user/],
    ['files.owner', '.cache/aws-oidc/v1', /Another user owns 1 path of ours, as after "sudo aws-oidc": .*v1/],
  ] as const) {
    it(`finds ${id} where the user does not own it`, async function () {
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

  it('checks everything else although the configuration is broken', async () => {
    const {home} = scene
    await synced(home)
    await writeFile(join(home.folder, '.aws/credentials'), '[developer]\naws_access_key_id = AKIA\n')
    await home.writeConfig('cache: [\n')
    const {findings} = await examine(home, {BROWSER: '/gone'}, ['--no-network', '--provider', 'sandbox'])
    expect(findings.map(({id}) => id)).to.include.members(['config.broken', 'profile.shadowed', 'browser.program'])
  })

  it('works without a home, as a user unknown to the system', async function () {
    if (!root) this.skip()
    const {exitCode, stdout, stderr} = await runAs(['doctor'], {env: {PATH: process.env.PATH}, user: 12_345})
    expect({exitCode, stderr}).to.deep.equal({exitCode: 7, stderr: ''})
    expect(stdout).to.include('no home folder').and.include('cache.nothing-kept').and.not.to.include('undefined')
  })

  it('names an unknown provider or profile, exit code 2', async () => {
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

  it('tells users by area what is fine and what to type, without colours in a pipe', async () => {
    await signedIn(scene.home)
    await chmod(scene.home.cache, 0o755)
    const {exitCode, stdout} = await scene.home.run(['doctor', '--no-network'])
    expect(exitCode).to.equal(7)
    expect(stdout)
      .to.match(/^Configuration\n {2}ok {7}.*config\.yaml: 1 provider, 2 profiles\n/m)
      .and.match(
        /^ {2}warning {2}Others may read or write 1 path .*\(files\.open\)\n {11}Try: aws-oidc doctor --fix\n/m,
      )
      .and.match(/\n\n1 warning, \d notes?\.\nRun "aws-oidc doctor --fix" to fix 1 of them\.\n$/)
    const fixed = await scene.home.run(['doctor', '--no-network', '--fix'])
    expect(fixed.stdout).to.match(/^ {2}fixed {4}Others may read or write .*\n {11}1 path closed to others\.\n/m)
    expect(fixed.exitCode).to.equal(0)
  })
})
