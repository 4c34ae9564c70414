import {watch} from 'node:fs'
import {appendFile, mkdir, readFile, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {examine, finds, type Illness} from '../support/doctor.ts'
import type {Home} from '../support/home.ts'
import {useScene} from '../support/scene.ts'

const aws = (home: Home, ...names: string[]) => join(home.folder, '.aws', ...names)
const synced = (home: Home, ...flags: string[]) => home.run(['profiles', 'sync', '--yes', ...flags])

/** Lines at the end of a file of the AWS tools, after ours. */
const adding = (name: 'config' | 'credentials', text: string) => async (scene: {readonly home: Home}) => {
  await synced(scene.home)
  await appendFile(aws(scene.home, name), text)
}

/** The same lines within the section of `developer`. */
const inDeveloper = (lines: string) => async (scene: {readonly home: Home}) => {
  await synced(scene.home)
  const text = await readFile(aws(scene.home, 'config'), 'utf8')
  await writeFile(aws(scene.home, 'config'), text.replace('[profile developer]\n', `[profile developer]\n${lines}`))
}

const key = 'aws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = s3cret-key\n'
const takeOver = /^aws-oidc profiles sync developer$/

const files: readonly Illness[] = [
  {
    id: 'aws.file-damaged',
    severity: 'error',
    when: 'with its line, where no SDK can read ~/.aws/config',
    make: adding('config', '[profile broken\n'),
    says: /\.aws\/config:\d+: Profile definition must end with '\]'/,
    mend: /Fix that line/,
  },
  {
    id: 'aws.file-refused',
    severity: 'error',
    when: 'where Python’s parser refuses what the SDKs read',
    make: adding('config', '\n[profile x]\nregion = a\nregion = b\n'),
    says: /AWS CLI and boto3 refuse .*config: line \d+ repeats "region"/,
    mend: /Fix that line/,
  },
]

const profiles: readonly Illness[] = [
  {
    id: 'profile.shadowed',
    severity: 'error',
    when: 'and names the SDKs that use a static key in ~/.aws/credentials',
    make: adding('credentials', `[developer]\n${key}`),
    says: /credentials:2: aws_access_key_id, aws_secret_access_key in the profile "developer": the AWS CLI, boto3, the SDKs for Go and JavaScript use that key and never ask aws-oidc; only Java does/,
    mend: takeOver,
  },
  {
    id: 'profile.shadowed',
    severity: 'error',
    when: 'of a static key beside our command in ~/.aws/config',
    make: inDeveloper(key),
    says: /config:2: aws_access_key_id, .*: the SDKs for Go and JavaScript use that key/,
    mend: takeOver,
  },
  {
    id: 'profile.shadowed',
    severity: 'error',
    when: 'of keys for SSO',
    make: inDeveloper('sso_session = corp\nsso_account_id = 123456789012\n'),
    says: /config:2: sso_session, sso_account_id .*: the AWS CLI, boto3, the SDKs for Go and Java use SSO/,
    mend: takeOver,
  },
  {
    id: 'profile.shadowed',
    severity: 'error',
    when: 'of a role beside our command',
    make: inDeveloper('role_arn = arn:aws:iam::123456789012:role/x\nsource_profile = developer\n'),
    says: /config:2: role_arn, source_profile .*: the AWS CLI, boto3, the SDKs for Go and Java switch to that role or refuse/,
    mend: takeOver,
  },
  {
    id: 'profile.shadowed',
    severity: 'error',
    when: 'of a second command',
    make: adding('credentials', '[developer]\ncredential_process = /bin/other\n'),
    says: /credentials:2: credential_process .*: every AWS tool runs that command/,
    mend: takeOver,
  },
  {
    id: 'profile.shadowed',
    severity: 'error',
    when: 'of an MFA device beside a role that the tools switch to',
    async make({home}) {
      await synced(home, '--chain', 'aws')
      await appendFile(aws(home, 'config'), 'mfa_serial = arn:aws:iam::123456789012:mfa/me\n')
    },
    says: /mfa_serial in the profile "admin": AWS refuses such a switch/,
    mend: /^aws-oidc profiles sync admin$/,
  },
  {
    id: 'profile.shadowed',
    severity: 'error',
    when: 'of a file with a token',
    make: inDeveloper('web_identity_token_file = /tmp/token\n'),
    says: /web_identity_token_file .*: some AWS tools take that source/,
    mend: takeOver,
  },
  {
    id: 'profile.shadowed',
    severity: 'error',
    when: 'of a key that Python’s parser gives to every profile',
    async make({home}) {
      await synced(home)
      await appendFile(aws(home, 'config'), '[DEFAULT]\nsso_account_id = 1\n')
    },
    says: /config:\d+: sso_account_id in \[DEFAULT\], which the AWS CLI and boto3 give to every profile, wins over aws-oidc in "developer"/,
    mend: /^Move it from \[DEFAULT\] into the profiles that need it\.$/,
  },
  {
    id: 'profile.foreign',
    severity: 'warning',
    when: 'where a profile of the same name was not written by aws-oidc',
    async make({home}) {
      await mkdir(aws(home))
      await writeFile(aws(home, 'config'), '[profile developer]\ncredential_process = /bin/other\n')
    },
    says: /"developer" already exists and is not ours/,
    mend: takeOver,
  },
  {
    id: 'profile.outdated',
    severity: 'warning',
    when: 'where our configuration has changed since the last sync',
    async make({home}) {
      await synced(home, '--chain', 'aws')
      await home.configure({profiles: {admin: {source: 'developer', role: 'arn:aws:iam::123456789012:role/other'}}})
    },
    says: /config: the profile "admin" differs from our configuration/,
    mend: /^aws-oidc profiles sync$/,
    fixed: /^Rewrote the profile "admin"\. The version from before today is saved in .*aws-oidc-backup/,
  },
  {
    id: 'profile.stale',
    severity: 'note',
    when: 'where a profile of ours is no longer configured',
    async make({home}) {
      await home.configure({profiles: {gone: {provider: 'sandbox', role: 'arn:aws:iam::123456789012:role/developer'}}})
      await synced(home)
      await home.configure({})
    },
    says: /our profile "gone" is no longer configured/,
    mend: /^aws-oidc profiles sync --prune$/,
  },
  {
    id: 'profile.unwritable',
    severity: 'warning',
    when: 'for a name that not all AWS tools accept',
    make: ({home}) =>
      home.configure({profiles: {'a b': {provider: 'sandbox', role: 'arn:aws:iam::123456789012:role/developer'}}}),
    says: /"a b" can't be written/,
    mend: /Rename the profile "a b"/,
  },
  {
    id: 'profile.unknown',
    severity: 'note',
    when: 'where profiles sync was never run',
    says: /AWS tools don't know developer, admin yet/,
    mend: /^aws-oidc profiles sync$/,
  },
  {
    id: 'profile.program-gone',
    severity: 'error',
    when: 'where the launcher that a profile starts was removed',
    async make({home}) {
      await synced(home)
      await rm(join(home.folder, '.local/share/aws-oidc/bin'), {recursive: true})
    },
    says: /config:\d+: the profile "developer" starts .*bin\/aws-oidc, which is not there/,
    mend: /^aws-oidc profiles sync$/,
    fixed: /^Rewrote the profile "developer"/,
  },
  {
    id: 'profile.program-gone',
    severity: 'error',
    when: 'where the script that Node runs has moved, and the role of the profile is not configured',
    async make({home}) {
      const command = `"${process.execPath}" "/gone/aws-oidc/bin/run.js" creds --provider sandbox --role 123456789012/x`
      await mkdir(aws(home))
      await writeFile(aws(home, 'config'), `[profile r]\ncredential_process = ${command}\naws_oidc_profile = r\n`)
    },
    says: /the profile "r" starts \/gone\/aws-oidc\/bin\/run\.js, which is not there/,
    mend: /^aws-oidc profiles sync$/,
  },
]

describe('doctor, for the AWS tools,', () => {
  const scene = useScene()
  finds(scene, [...files, ...profiles])

  it('finds nothing where everything is in place, and says what it has checked', async () => {
    await synced(scene.home)
    const {findings, fine, healthy} = await examine(scene.home, {}, ['--no-network'])
    expect(findings.map(({id}) => id)).to.deep.equal(['environment.sts'])
    expect(healthy).to.equal(true)
    expect(fine.map(({what}) => what).join('\n')).to.include('no key wins over a profile of ours')
  })

  it('fixes all profiles in one write of the file', async function () {
    if (process.platform !== 'linux') return this.skip()
    const {home} = scene
    const role = 'arn:aws:iam::123456789012:role/developer'
    const names = ['first', 'second', 'third']
    const inRegion = (region: string) =>
      home.configure({profiles: Object.fromEntries(names.map(name => [name, {provider: 'sandbox', role, region}]))})
    await inRegion('us-east-1')
    await synced(home)
    await inRegion('eu-central-1')
    const written: string[] = []
    const watcher = watch(aws(home), (event, name) => written.push(`${event} ${name}`))
    const {stdout} = await home.run(['doctor', '--fix', '--no-network'])
    watcher.close()
    for (const name of names) expect(stdout).to.include(`Rewrote the profile "${name}".`)
    // On Linux each file that takes the place of another is one such event.
    expect(written.filter(event => event === 'rename config')).to.have.length(1)
  })

  it('never removes a key from ~/.aws/credentials, whatever else it fixes in the profile', async () => {
    const {home} = scene
    await synced(home)
    await writeFile(aws(home, 'credentials'), `[developer]\n${key}`)
    await rm(join(home.folder, '.local/share/aws-oidc/bin'), {recursive: true})
    const {stdout} = await home.run(['doctor', '--fix', '--no-network'])
    expect(stdout).to.match(/Not fixed: .*credentials:2: "aws_access_key_id"/)
    expect(await readFile(aws(home, 'credentials'), 'utf8')).to.equal(`[developer]\n${key}`)
    expect(stdout).not.to.match(/AKIAEXAMPLE|s3cret-key/)
  })

  it('says nothing of keys in a profile that aws-oidc did not write', async () => {
    await mkdir(aws(scene.home))
    await writeFile(aws(scene.home, 'config'), `[profile developer]\n${key}`)
    const ids = (await examine(scene.home, {}, ['--no-network'])).findings.map(({id}) => id)
    expect(ids).to.include('profile.foreign').and.not.to.include('profile.shadowed')
  })

  it('accepts roles that the AWS tools switch to themselves where --chain aws was chosen', async () => {
    await scene.home.run(['profiles', 'sync', '--yes', '--chain', 'aws'])
    const {findings} = await examine(scene.home, {}, ['--no-network'])
    expect(findings.map(({id}) => id)).not.to.include('profile.outdated')
  })

  it('with --profile checks that profile and those whose role it switches from', async () => {
    await adding('credentials', `[developer]\n${key}[admin]\n${key}`)(scene)
    const shadowed = async (profile: string) => {
      const {findings} = await examine(scene.home, {}, ['--no-network', '--profile', profile])
      return findings.filter(({id}) => id === 'profile.shadowed').map(({mend}) => mend?.split(' ').at(-1))
    }
    expect(await shadowed('developer')).to.deep.equal(['developer'])
    expect(await shadowed('admin')).to.have.members(['admin', 'developer'])
  })
})
