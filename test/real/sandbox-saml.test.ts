import {spawn} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {type Sandbox, startSandbox} from '../support/sandbox.ts'

const protocol = 'urn:oasis:names:tc:SAML:2.0:protocol'
const assertion = 'urn:oasis:names:tc:SAML:2.0:assertion'

describe('xmlsec1 judges what the SAML provider of the sandbox signs', () => {
  let sandbox: Sandbox
  let folder: string
  const file = (name: string) => join(folder, name)

  before(async () => {
    sandbox = await startSandbox()
    folder = await mkdtemp(join(tmpdir(), 'aws-oidc-xmlsec-'))
    const metadata = await (await fetch(sandbox.issuer.replace(/oidc$/, 'saml'))).text()
    const [, certificate = ''] = /X509Certificate>([^<]+)/.exec(metadata) ?? []
    const lines = certificate.replace(/.{64}/g, '$&\n')
    await writeFile(file('provider.pem'), `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`)
  })
  after(async () => {
    await sandbox.stop()
    await rm(folder, {recursive: true})
  })

  async function mint(order: object): Promise<string> {
    const {document} = Object(await sandbox.steer('POST', '/saml/mint', {user: 'alice', ...order}))
    return Buffer.from(document, 'base64').toString()
  }

  /** What xmlsec1 says, trusting the certificate in the metadata and no other. */
  async function verdict(xml: string): Promise<string> {
    await writeFile(file('document.xml'), xml)
    const ids = [`${assertion}:Assertion`, `${protocol}:Response`].flatMap(name => ['--id-attr:ID', name])
    const trust = ['--enabled-key-data', 'x509', '--trusted-pem', file('provider.pem')]
    const child = spawn('xmlsec1', ['--verify', ...trust, ...ids, file('document.xml')], {stdio: 'ignore'})
    const exitCode = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
    return exitCode === 0 ? 'valid' : 'invalid'
  }

  for (const c14n of ['exclusive', 'inclusive']) {
    for (const form of ['assertion', 'response']) {
      it(`and finds the ${form} in ${c14n} C14N valid`, async () => {
        expect(await verdict(await mint({c14n, form}))).to.equal('valid')
      })

      it(`and finds the ${form} in ${c14n} C14N invalid when it was changed`, async () => {
        const xml = await mint({c14n, form})
        expect(await verdict(xml.replace('role/readonly', 'role/admin'))).to.equal('invalid')
      })

      for (const signature of ['broken', 'foreign-key']) {
        it(`and finds the ${form} in ${c14n} C14N invalid with a signature that is ${signature}`, async () => {
          expect(await verdict(await mint({c14n, form, change: {signature}}))).to.equal('invalid')
        })
      }
    }

    it(`and finds a signature of the response alone in ${c14n} C14N valid`, async () => {
      expect(await verdict(await mint({c14n, change: {signature: 'response-only'}}))).to.equal('valid')
    })

    it(`and finds an assertion in ${c14n} C14N valid inside a response that declares no prefix`, async () => {
      const bare = await mint({c14n, form: 'assertion'})
      expect(await verdict(`<Response xmlns="${protocol}">${bare}</Response>`)).to.equal('valid')
    })

    it(`and finds an assertion in ${c14n} C14N ${c14n === 'exclusive' ? 'valid' : 'invalid'} inside one that declares a prefix`, async () => {
      const bare = await mint({c14n, form: 'assertion'})
      const wrapped = `<samlp:Response xmlns:samlp="${protocol}">${bare}</samlp:Response>`
      expect(await verdict(wrapped)).to.equal(c14n === 'exclusive' ? 'valid' : 'invalid')
    })
  }
})
