import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {rootCertificates} from 'node:tls'
import {expect} from 'chai'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '-p', 'developer']
const [certificate = ''] = rootCertificates

describe('AWS_CA_BUNDLE', () => {
  const scene = useScene()
  const bundle = () => join(scene.home.folder, 'bundle.pem')
  const withBundle = () => scene.home.run(creds, {AWS_CA_BUNDLE: bundle()})
  // No server listens there: the bundle is read before the connection.
  beforeEach(() => scene.home.configure({provider: {issuer: 'https://127.0.0.1:1'}}))

  for (const [words, text] of [
    ['holds no certificate', 'nothing of the kind'],
    ['is empty', ''],
    ['holds a certificate that is broken', certificate.replace(/\n[^-]{65}/, '\n')],
    ['holds a broken certificate behind a good one', `${certificate}\n${certificate.replace(/\n[^-]{65}/, '\n')}`],
    ['ends in the middle of one', `${certificate}\n${certificate.slice(0, 400)}`],
    [
      'holds something else between the lines of one',
      '-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n',
    ],
  ] as const) {
    it(`that ${words} is exit 2 and named`, async () => {
      await writeFile(bundle(), text)
      const {exitCode, stdout, stderr} = await withBundle()
      expect({exitCode, stdout}, stderr).to.deep.equal({exitCode: 2, stdout: ''})
      expect(stderr)
        .to.match(/^Error: AWS_CA_BUNDLE can't be used: /)
        .and.include(bundle())
      expect(stderr).to.match(/\nTry: .*AWS_CA_BUNDLE.*\n$/)
    })
  }

  it('that does not exist is exit 2 and named', async () => {
    const {exitCode, stderr} = await withBundle()
    expect(exitCode, stderr).to.equal(2)
    expect(stderr).to.include('AWS_CA_BUNDLE').and.include(bundle())
  })

  it('with a certificate in it is accepted, and only the connection fails', async () => {
    await writeFile(bundle(), `# a comment before\n${certificate}\n`)
    expect(await withBundle()).to.include({exitCode: 6})
  })
})
