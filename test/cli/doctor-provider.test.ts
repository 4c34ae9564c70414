import {chmod, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {makeAuthority} from '../support/certificates.ts'
import {examine, finds, type Illness} from '../support/doctor.ts'
import {letTimePass} from '../support/machine.ts'
import {type Scene, useScene} from '../support/scene.ts'

const locked = {closed: {provider: 'sandbox', role: 'arn:aws:iam::123456789012:role/locked'}}
const denied = ({home}: Scene) => home.run(['creds', '-p', 'developer'], {SANDBOX_USER: 'deny'})

/** Certificates of a client, whose key has that mode. */
const clientKey =
  (mode: number) =>
  async ({home}: Scene) => {
    const {certificate, key} = await (await makeAuthority()).forClient('alice')
    await writeFile(join(home.folder, 'me.pem'), certificate)
    await writeFile(join(home.folder, 'me.key'), key)
    await chmod(join(home.folder, 'me.key'), mode)
    await home.configure({provider: {tls: {cert: '~/me.pem', key: '~/me.key'}}})
  }

const here: readonly Illness[] = [
  {
    id: 'provider.strategy',
    severity: 'error',
    when: 'where its plugin is not installed',
    make: ({home}) => home.configure({provider: {strategy: 'keycloak'}}),
    says: /The strategy "keycloak" comes from a plugin that is not installed/,
    mend: /^aws-oidc plugins install aws-oidc-keycloak$/,
  },
  {
    id: 'provider.settings',
    severity: 'error',
    when: 'for a setting that its strategy does not know',
    make: ({home}) => home.configure({provider: {clientid: 'x'}}),
    says: /config\.yaml:\d+:\d+: providers\.sandbox\.clientid is not known/,
    mend: /Did you mean "clientId"/,
  },
  {
    id: 'provider.settings',
    severity: 'error',
    when: 'for a secret whose variable is not set',
    make: ({home}) => home.configure({provider: {clientSecret: {env: 'NO_SUCH_SECRET'}}}),
    says: /the variable NO_SUCH_SECRET is not set/,
    mend: /^export NO_SUCH_SECRET=/,
  },
  {
    id: 'provider.settings',
    severity: 'error',
    when: 'for a secret whose program does not exist, and runs no such program',
    make: ({home}) => home.configure({provider: {clientSecret: {command: ['/gone/op', 'read']}}}),
    says: /program \/gone\/op, which prints a secret of the provider "sandbox", is missing/,
    mend: /^Install \/gone\/op/,
  },
  {
    id: 'provider.settings',
    severity: 'error',
    when: 'for a client certificate that can not be read',
    make: ({home}) => home.configure({provider: {tls: {cert: '/gone.pem', key: '/gone.key'}}}),
    says: /\/gone\.pem can't be read: ENOENT/,
    mend: /^ls -l /,
  },
  {
    id: 'provider.key-open',
    severity: 'warning',
    when: 'where others may read the key of our client certificate',
    make: clientKey(0o644),
    says: /me\.key can be read by others\.$/,
    mend: /^chmod 600 \S+me\.key$/,
  },
  {
    id: 'provider.brake',
    severity: 'note',
    when: 'that holds for minutes',
    make: denied,
    says: /The last sign-in failed; programs may not ask again for a few minutes/,
    mend: /^aws-oidc login --provider sandbox$/,
  },
  {
    id: 'provider.brake',
    severity: 'warning',
    when: 'that holds until login, and leaves that of today alone',
    async make(scene) {
      await denied(scene)
      await denied(scene)
    },
    says: /The last two sign-ins failed; programs may not ask again/,
    mend: /^aws-oidc login --provider sandbox$/,
  },
  {
    id: 'provider.brake',
    severity: 'warning',
    when: 'that has been there since yesterday',
    async make(scene) {
      await denied(scene)
      await denied(scene)
      await letTimePass(scene.home, 13 * 60)
    },
    says: /The last two sign-ins failed; .*13 hours ago/,
    mend: /^aws-oidc login --provider sandbox$/,
    fixed: /^Programs may ask again\.$/,
  },
  {
    id: 'provider.role-refused',
    severity: 'warning',
    when: 'twice by AWS, since yesterday',
    async make({home}) {
      await home.configure({profiles: locked})
      await home.run(['creds', '-p', 'closed'])
      await home.run(['creds', '-p', 'closed'])
      await letTimePass(home, 13 * 60)
    },
    says: /^Programs may not ask AWS for arn:aws:iam::123456789012:role\/locked again: AWS refused/,
    mend: /^aws-oidc login --provider sandbox$/,
    fixed: /^Programs may ask again\.$/,
  },
  {
    id: 'provider.last-problem',
    severity: 'note',
    when: 'that a program may not have shown',
    async make({home}) {
      await home.configure({profiles: locked})
      await home.run(['creds', '-p', 'closed'])
    },
    says: /^Last failure, \d\d:\d\d \(now\): AWS refused/,
    mend: /./,
  },
]

describe('doctor, for a provider,', () => {
  const scene = useScene()
  const ids = async (args: readonly string[]) => (await examine(scene.home, {}, args)).findings.map(({id}) => id)
  finds(scene, here)

  it('with --provider or --profile checks no other provider', async () => {
    const file = join(scene.home.folder, '.config/aws-oidc/config.yaml')
    const text = await readFile(file, 'utf8')
    await scene.home.writeConfig(text.replace('providers:\n', 'providers:\n  other: {strategy: keycloak}\n'))
    expect(await ids(['--no-network'])).to.include('provider.strategy')
    expect(await ids(['--no-network', '--provider', 'sandbox'])).not.to.include('provider.strategy')
    expect(await ids(['--no-network', '--profile', 'admin'])).not.to.include('provider.strategy')
  })
})
