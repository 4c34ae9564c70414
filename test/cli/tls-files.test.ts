import {chown, mkdir, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {type Authority, makeAuthority, type Pair} from '../support/certificates.ts'
import {giveTo, nobody, root, runAs, variablesOf} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '-p', 'developer']
const login = ['login', '-p', 'developer']
const day = 86_400_000

describe('a provider is asked for nothing', () => {
  const scene = useScene()
  let company: Authority
  let client: Pair

  before(async () => {
    company = await makeAuthority('Company Authority')
    client = await company.forClient('alice-laptop')
  })
  beforeEach(async () => {
    await write('company-ca.pem', company.certificate)
    await write('me.pem', client.certificate)
    await write('me.key', client.key)
    await configure({ca: '~/company-ca.pem', cert: '~/me.pem', key: '~/me.key'})
  })

  const path = (name: string) => join(scene.home.folder, name)
  const write = (name: string, text: string) => writeFile(path(name), text, {mode: 0o600})
  const placeOf = (setting: string) =>
    new RegExp(`^Error: .*config\\.yaml:\\d+:\\d+: providers\\.sandbox\\.tls\\.${setting}: `)
  const configure = (tls: object) => scene.home.configure({provider: {tls}})

  const mistakes: readonly (readonly [string, 'ca' | 'cert' | 'key', RegExp, () => Promise<unknown>])[] = [
    ['a certificate that is not there', 'cert', /me\.pem can't be read: ENOENT/, () => rm(path('me.pem'))],
    ['a key that is not there', 'key', /me\.key can't be read: ENOENT/, () => rm(path('me.key'))],
    ['authorities that are not there', 'ca', /can't be read: ENOENT/, () => rm(path('company-ca.pem'))],
    [
      'a key that is a folder',
      'key',
      /can't be read: EISDIR/,
      async () => {
        await rm(path('me.key'))
        await mkdir(path('me.key'))
      },
    ],
    [
      'a certificate that is none',
      'cert',
      /me\.pem is not a PEM certificate/,
      () => write('me.pem', 'not a certificate'),
    ],
    ['a key that is none', 'key', /me\.key is not a PEM private key/, () => write('me.key', 'key-that-is-not-one')],
    ['a certificate in place of the key', 'key', /is not a PEM private key/, () => write('me.key', client.certificate)],
    [
      'a key of another certificate',
      'key',
      /me\.key does not belong to the certificate in .*me\.pem/,
      async () => write('me.key', (await company.forClient('alice-laptop')).key),
    ],
    [
      'a key that is encrypted',
      'key',
      /me\.key is encrypted/,
      async () => {
        const {certificate, key} = await company.forClient('alice-laptop', {passphrase: 'of the key'})
        await write('me.pem', certificate)
        await write('me.key', key)
      },
    ],
    [
      'a certificate that has ended',
      'cert',
      /me\.pem expired at \d{4}-\d\d-\d\dT/,
      () => validFor(new Date(Date.now() - 2 * day), new Date(Date.now() - day)),
    ],
    [
      'a certificate that is not valid yet',
      'cert',
      /me\.pem is not valid before \d{4}-\d\d-\d\dT/,
      () => validFor(new Date(Date.now() + day), new Date(Date.now() + 2 * day)),
    ],
    ['authorities that are none', 'ca', /it contains no PEM certificate/, () => write('company-ca.pem', 'nothing')],
    [
      'authorities of which one is broken',
      'ca',
      /certificate 2 in it is broken/,
      () => write('company-ca.pem', `${company.certificate}\n${company.certificate.slice(0, 200)}`),
    ],
  ]

  async function validFor(from: Date, to: Date): Promise<void> {
    const {certificate, key} = await company.forClient('alice-laptop', {from, to})
    await write('me.pem', certificate)
    await write('me.key', key)
  }

  for (const [what, setting, complaint, prepare] of mistakes) {
    it(`with ${what}: exit 2 names setting and file`, async () => {
      await prepare()
      for (const command of [creds, login]) {
        const {exitCode, stdout, stderr} = await scene.home.run(command)
        expect({exitCode, stdout}, stderr).to.deep.equal({exitCode: 2, stdout: ''})
        expect(stderr).to.match(placeOf(setting))
        expect(stderr)
          .to.match(complaint)
          .and.match(/\nTry: .+\n$/)
          .and.not.match(/PRIVATE KEY-|key-that-is-not-one|of the key/)
      }
      expect(await scene.sandbox.journal()).to.deep.equal([])
    })
  }

  it('with a key that the user may not read: exit 2 names it', async function () {
    if (!root) this.skip()
    const {home, sandbox} = scene
    await giveTo(nobody, home.folder)
    await chown(path('me.key'), 0, 0)
    const {exitCode, stdout, stderr} = await runAs(creds, {env: variablesOf(home, sandbox), user: nobody})
    expect({exitCode, stdout}, stderr).to.deep.equal({exitCode: 2, stdout: ''})
    expect(stderr)
      .to.match(placeOf('key'))
      .and.include(`${path('me.key')} can't be read: EACCES.\nTry: ls -l ${path('me.key')}\n`)
  })

  for (const [what, tls, complaint] of [
    ['a certificate without a key', {cert: '~/me.pem'}, /tls\.cert needs "key" beside it/],
    ['a key without a certificate', {key: '~/me.key'}, /tls\.key needs "cert" beside it/],
    ['a name that is not known', {certificate: '~/me.pem'}, /tls\.certificate is not known/],
  ] as const) {
    it(`with ${what}: exit 2`, async () => {
      await configure(tls)
      const {exitCode, stderr} = await scene.home.run(creds)
      expect(exitCode).to.equal(2)
      expect(stderr).to.match(complaint)
      expect(await scene.sandbox.journal()).to.deep.equal([])
    })
  }
})
