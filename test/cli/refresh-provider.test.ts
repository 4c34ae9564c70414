import {chmod, rename, symlink} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {
  changeProvider,
  countProviders,
  forgetProvider,
  outliveTokens,
  type RememberedProvider,
  rememberedTokens,
  spoilTokens,
} from '../support/cached.ts'
import type {Ending} from '../support/home.ts'
import {useScene} from '../support/scene.ts'
import {type OtherEndpoint, otherEndpoint} from '../support/token-endpoint.ts'

const creds = ['creds', '--profile', 'developer']
const found = ['discovery', 'jwks']

describe('the remembered description of a provider', () => {
  const scene = useScene()
  beforeEach(async () => {
    await scene.home.run(creds)
    await outliveTokens(scene.home)
    await scene.sandbox.steer('DELETE', '/journal')
  })

  it('makes a renewal two requests: the provider for tokens, AWS for credentials', async () => {
    for (let time = 0; time < 2; time++) {
      expect(await unattended()).to.include({exitCode: 0})
      await outliveTokens(scene.home)
    }
    expect(await kinds()).to.deep.equal(['token', 'sts', 'token', 'sts'])
  })

  it('is remembered again by a renewal that had to fetch it', async () => {
    await forgetProvider(scene.home)
    await unattended()
    await outliveTokens(scene.home)
    await unattended()
    expect(await kinds()).to.deep.equal([...found, 'token', 'sts', 'token', 'sts'])
  })

  it('makes a renewal for SAML three requests, with the exchange', async () => {
    const provider = {strategy: 'saml2', via: 'token-exchange', rolesClaim: undefined}
    await scene.home.configure({provider})
    await scene.home.run(creds)
    await outliveTokens(scene.home)
    await scene.sandbox.steer('DELETE', '/journal')
    expect(await unattended()).to.include({exitCode: 0})
    expect(await kinds()).to.deep.equal(['token', 'token', 'sts'])
  })

  it('is not used for a new sign-in, which asks the provider', async () => {
    await plant({authorization_endpoint: 'http://127.0.0.1:1/'})
    await spoilTokens(scene.home, '{}')
    expect(await scene.home.run(creds)).to.include({exitCode: 0})
    expect(await kinds()).to.include.members(found)
  })

  for (const args of [
    ['logout', '--provider', 'sandbox'],
    ['cache', 'clear'],
    ['cache', 'clear', '--provider', 'sandbox'],
  ]) {
    it(`is forgotten by ${args.join(' ')}`, async () => {
      expect(await countProviders(scene.home)).to.equal(1)
      expect(await scene.home.run(args)).to.include({exitCode: 0})
      expect(await countProviders(scene.home)).to.equal(0)
    })
  }

  it('is ignored when the configuration names another issuer', async () => {
    await scene.home.configure({provider: {issuer: 'https://sso.example.com'}})
    expect(await unattended()).to.include({exitCode: 3})
    expect(await kinds()).to.deep.equal([])
  })

  describe('is not trusted', () => {
    let other: OtherEndpoint | undefined
    beforeEach(async () => {
      other = await otherEndpoint({status: 200, body: '{}'})
    })
    afterEach(() => other?.close())

    const minutes = (count: number) => new Date(Date.now() + count * 60_000).toISOString()
    const plantings: Readonly<Record<string, (address: string) => Promise<unknown>>> = {
      'is of another issuer': address => plant({issuer: 'https://sso.example.com', token_endpoint: address}),
      'names no issuer': address => plant({issuer: undefined, token_endpoint: address}),
      'is over a day old': address => plant({token_endpoint: address}, {foundAt: minutes(-1441)}),
      'is from the future': address => plant({token_endpoint: address}, {foundAt: minutes(10)}),
      'has no date': address => plant({token_endpoint: address}, {foundAt: undefined}),
      'has no keys': address => plant({token_endpoint: address}, {keys: undefined}),
      'is far too long': address => plant({token_endpoint: address, long: 'x'.repeat(300_000)}),
      'can be read by others': async address => chmod(await plant({token_endpoint: address}), 0o644),
      'is a link': async address => {
        const path = await plant({token_endpoint: address})
        await rename(path, join(scene.home.folder, 'planted'))
        await symlink(join(scene.home.folder, 'planted'), path)
      },
      'names a token endpoint on http elsewhere': () => plant({token_endpoint: 'http://sso.example.com/token'}),
    }
    for (const [what, planting] of Object.entries(plantings)) {
      it(`when it ${what}`, async () => {
        await planting(other?.address ?? '')
        const {exitCode, stderr} = await unattended()
        expect(exitCode, stderr).to.equal(0)
        expect(other?.received).to.deep.equal([])
        expect(await kinds()).to.deep.equal([...found, 'token', 'sts'])
      })
    }
  })

  describe('is found to be out of date', () => {
    const movedBy = {
      'is gone (404)': {status: 404},
      'no longer accepts POST': {status: 405},
      'redirects elsewhere': {status: 307, headers: {location: 'https://sso.example.com/token'}},
      'no longer knows the token': oauthError(400, 'invalid_grant'),
      'does not know this client': oauthError(401, 'invalid_client'),
    }
    for (const [what, answer] of Object.entries(movedBy)) {
      it(`when the token endpoint has moved, and the old one ${what}; no sign-in is needed`, async () => {
        const old = await otherEndpoint(answer)
        try {
          await plant({token_endpoint: old.address})
          const {exitCode, stderr} = await unattended()
          expect(exitCode, stderr).to.equal(0)
          expect(old.received).to.have.length(1)
          expect(await kinds()).to.deep.equal([...found, 'token', 'sts'])
        } finally {
          await old.close()
        }
      })
    }

    it('when the token endpoint has moved, and the old one does not listen', async () => {
      const old = await otherEndpoint()
      await old.close()
      await plant({token_endpoint: old.address})
      expect(await unattended()).to.include({exitCode: 0})
      expect(await kinds()).to.deep.equal([...found, 'token', 'sts'])
    })

    it('and a request that the old endpoint may have carried out is not sent to the new one in the same call', async () => {
      const old = await otherEndpoint()
      try {
        await plant({token_endpoint: old.address})
        expect(await unattended()).to.include({exitCode: 6})
        expect(await kinds()).to.deep.equal([])
        expect(await unattended()).to.include({exitCode: 0})
        expect(old.received).to.have.length(1)
      } finally {
        await old.close()
      }
    })

    it('when the provider signs with new keys, with which its tokens are verified', async () => {
      await scene.sandbox.steer('POST', '/rotate-keys', {})
      expect(await unattended()).to.include({exitCode: 0})
      expect(await kinds()).to.deep.equal(['token', ...found, 'sts'])
      await outliveTokens(scene.home)
      expect(await unattended()).to.include({exitCode: 0})
      expect((await kinds()).slice(4)).to.deep.equal(['token', 'sts'])
    })

    it('and the new refresh token is kept when the new keys can not be fetched', async () => {
      const before = await rememberedTokens(scene.home)
      await scene.sandbox.steer('POST', '/rotate-keys', {})
      await scene.sandbox.fault({on: 'jwks', status: 500})
      expect(await unattended()).to.include({exitCode: 6, stdout: ''})
      const after = await rememberedTokens(scene.home)
      expect(after?.refreshToken).to.be.a('string').and.not.equal(before?.refreshToken)
      expect({...after, refreshToken: ''}).to.deep.equal({...before, refreshToken: ''})
      await scene.sandbox.steer('DELETE', '/faults')
      expect(await unattended()).to.include({exitCode: 0})
      expect(await scene.sandbox.signIns()).to.equal(0)
    })

    for (const offsetSeconds of [1200, -1200]) {
      it(`by a clock that is ${offsetSeconds} s off, and no sign-in is needed`, async () => {
        await scene.sandbox.steer('POST', '/clock', {offsetSeconds})
        const {exitCode, stderr} = await unattended()
        expect(exitCode, stderr).to.equal(0)
        expect((await kinds()).filter(kind => kind === 'token')).to.have.length(1)
      })
    }

    it('and is right although the refresh token has expired: one request, then a sign-in', async () => {
      await scene.sandbox.steer('POST', '/revoke-sessions', {})
      expect(await unattended()).to.include({exitCode: 3})
      expect(await kinds()).to.deep.equal(['token', ...found])
    })

    it('and tokens signed with another key are refused by the current keys of the provider', async () => {
      await scene.sandbox.fault({on: 'token', idToken: {key: 'foreign'}})
      expect(await unattended()).to.include({exitCode: 3, stdout: ''})
      expect(await kinds()).to.deep.equal(['token', ...found])
    })
  })

  function plant(metadata: object, changes: object = {}): Promise<string> {
    return changeProvider(scene.home, provider => ({...withMetadata(provider, metadata), ...changes}))
  }

  async function kinds(): Promise<readonly string[]> {
    return (await scene.sandbox.journal()).map(({kind}) => kind)
  }

  function unattended(): Promise<Ending> {
    return scene.home.run(creds, {AWS_OIDC_INTERACTIVE: 'never'})
  }
})

function withMetadata(provider: RememberedProvider, metadata: object): RememberedProvider {
  return {...provider, metadata: {...provider.metadata, ...metadata}}
}

function oauthError(status: number, error: string) {
  return {status, headers: {'content-type': 'application/json'}, body: JSON.stringify({error})}
}
