import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {outliveTokens} from '../support/cached.ts'
import {echoingTokenEndpoint} from '../support/echo.ts'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '--profile', 'developer']

describe('A secret that a provider says back in its refusal', () => {
  const scene = useScene()

  /** Neither the output nor what is stored of the failure holds a useful part of the secret. */
  async function expectUnseen(secrets: readonly string[], printed: string) {
    const states = join(scene.home.cache, 'state')
    const kept = await Promise.all((await readdir(states)).map(name => readFile(join(states, name), 'utf8')))
    const all = [printed, ...kept].join('\n').replace(/[\p{C}\p{DI}]/gu, '')
    expect(secrets).not.to.deep.equal([])
    for (const secret of secrets) {
      expect(secret.length).to.be.at.least(16)
      for (let at = 0; at + 16 <= secret.length; at++) {
        if (all.includes(secret.slice(at, at + 16))) expect(all).not.to.include(secret.slice(at, at + 16))
      }
    }
    expect(printed).to.include('***')
  }

  for (const [how, wording] of [
    ['whole', (said: string) => `unknown code ${said}`],
    ['with invisible characters in it', (said: string) => said.split('').join('\u200b')],
    ['where the text is cut', (said: string) => '.'.repeat(301 - said.length) + said],
    ['in part', (said: string) => `unknown code ${said.slice(2, -3)}`],
  ] as const) {
    it(`is not shown: the code of a redirect, ${how}`, async () => {
      const endpoint = await echoingTokenEndpoint(scene.sandbox, 'code', wording)
      try {
        await scene.sandbox.fault({on: 'discovery', change: {token_endpoint: endpoint.address}})
        const {stdout, stderr} = await scene.home.run(['login', '--profile', 'developer'])
        await expectUnseen(endpoint.received, stdout + stderr)
      } finally {
        await endpoint.close()
      }
    })
  }

  it('is not shown: an ID token of which the beginning fits', async () => {
    await scene.home.configure({provider: {strategy: 'saml2', via: 'token-exchange', rolesClaim: undefined}})
    const endpoint = await echoingTokenEndpoint(scene.sandbox, 'subject_token', said => said.slice(0, 270))
    try {
      await scene.sandbox.fault({on: 'discovery', change: {token_endpoint: endpoint.address}})
      const {stdout, stderr} = await scene.home.run(creds)
      await expectUnseen(endpoint.received, stdout + stderr)
    } finally {
      await endpoint.close()
    }
  })

  it('is not shown: a refresh token but for its last character', async () => {
    const endpoint = await echoingTokenEndpoint(
      scene.sandbox,
      'refresh_token',
      said => '.'.repeat(301 - said.length) + said,
    )
    try {
      await scene.sandbox.fault({on: 'discovery', change: {token_endpoint: endpoint.address}})
      await scene.home.run(creds)
      await outliveTokens(scene.home)
      const {stdout, stderr} = await scene.home.run(creds, {AWS_OIDC_INTERACTIVE: 'never'})
      await expectUnseen(endpoint.received, stdout + stderr)
    } finally {
      await endpoint.close()
    }
  })
})
