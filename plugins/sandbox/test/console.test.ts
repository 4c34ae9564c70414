import {expect} from 'chai'
import {useSandbox} from './support/running-sandbox.ts'
import type {Keys} from './support/signer.ts'
import {assumeByToken, callSts, keysIn, type Parameters, roleArn} from './support/sts-client.ts'

const quarterHour = 15 * 60
const refusal = 'HTTP Status 400 - Invalid credentials parameter'
const destination = 'https://us-east-1.console.aws.amazon.com/s3/home?region=us-east-1'

describe('The federation endpoint of the console', () => {
  const sandbox = useSandbox()
  let keys: Keys

  beforeEach(async () => {
    keys = keysIn(await assumeByToken(sandbox.addresses.sts, await sandbox.mint()))
  })

  const at = (path: string) => `${sandbox.addresses.console}${path}`
  const sessionOf = ({accessKeyId, secretAccessKey, sessionToken}: Keys) =>
    JSON.stringify({sessionId: accessKeyId, sessionKey: secretAccessKey, sessionToken})

  async function ask(changes: Parameters = {}) {
    const body = new URLSearchParams({Action: 'getSigninToken', Session: sessionOf(keys), ...changes})
    const response = await fetch(at('/federation'), {method: 'POST', body})
    return {status: response.status, text: await response.text()}
  }

  async function tokenFor(changes: Parameters = {}): Promise<string> {
    const {status, text} = await ask(changes)
    expect(status, text).to.equal(200)
    return String(JSON.parse(text).SigninToken)
  }

  function logIn(SigninToken: string, {cookie = '', ...changes}: Parameters = {}) {
    const query = new URLSearchParams({
      Action: 'login',
      Issuer: 'test',
      Destination: destination,
      SigninToken,
      ...changes,
    })
    return fetch(`${at('/federation')}?${query}`, {redirect: 'manual', headers: {cookie}})
  }

  async function homeOf(login: Response) {
    const cookie = (login.headers.getSetCookie()[0] ?? '').replace(/;.*/, '')
    const page = await fetch(new URL(login.headers.get('location') ?? '', at('/')), {headers: {cookie}})
    return {cookie, status: page.status, html: await page.text()}
  }

  it('gives a sign-in token, with which a browser sees who is signed in', async () => {
    const login = await logIn(await tokenFor())
    expect(login.status).to.equal(302)
    const {status, html} = await homeOf(login)
    expect(status).to.equal(200)
    expect(html)
      .to.contain('arn:aws:sts::123456789012:assumed-role/developer/alice')
      .and.contain(destination)
      .and.contain('123456789012')
  })

  it('accepts GET too, as AWS does', async () => {
    const query = new URLSearchParams({Action: 'getSigninToken', Session: sessionOf(keys)})
    const response = await fetch(`${at('/federation')}?${query}`)
    expect(response.status).to.equal(200)
    expect((await sandbox.journal()).at(-1)).to.include({kind: 'federation', method: 'GET', outcome: 'ok'})
  })

  it('lets the console session last as long as the credentials, or as long as was requested', async () => {
    const untilOf = async (changes: Parameters) => {
      const {html} = await homeOf(await logIn(await tokenFor(changes)))
      return (Date.parse(/<dd>(\d{4}-[^<]*)/.exec(html)?.[1] ?? '') - Date.now()) / 60_000
    }
    expect(await untilOf({})).to.be.within(58, 60.1)
    expect(await untilOf({SessionDuration: '43200'})).to.be.within(718, 720.1)
    expect((await sandbox.journal()).map(({durationSeconds}) => durationSeconds)).to.include(43_200)
  })

  for (const [what, changes] of [
    ['no session', {Session: ''}],
    ['a session that is no JSON', {Session: 'sessionId=x'}],
    ['a session that is a list', {Session: '[]'}],
    ['a duration under a quarter of an hour', {SessionDuration: '899'}],
    ['a duration over twelve hours', {SessionDuration: '43201'}],
    ['a duration in words', {SessionDuration: '1h'}],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const {status, text} = await ask(changes)
      expect(status).to.equal(400)
      expect(text).to.contain(refusal)
    })
  }

  for (const [what, changed] of [
    ['keys of a user, which have no session token', {accessKeyId: 'AKIAAAAAAAAAAAAAAAAA', sessionToken: ''}],
    ['a secret of another key', {secretAccessKey: 'x'.repeat(40)}],
    ['a session token of another key', {sessionToken: 'x'.repeat(40)}],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const {status, text} = await ask({Session: sessionOf({...keys, ...changed})})
      expect(status).to.equal(400)
      expect(text).to.contain(refusal)
    })
  }

  it('refuses credentials that have ended', async () => {
    await sandbox.control('POST /clock', {offsetSeconds: 3700})
    expect(await ask()).to.include({status: 400})
  })

  it('refuses a duration for a chained role, and gives a token when none is sent', async () => {
    const parameters = {Action: 'AssumeRole', RoleArn: roleArn('admin'), RoleSessionName: 'alice'}
    keys = keysIn(await callSts(sandbox.addresses.sts, parameters, {keys}))
    expect(await ask({SessionDuration: '3600'})).to.include({status: 400})
    expect((await homeOf(await logIn(await tokenFor()))).html).to.contain('assumed-role/admin/alice')
  })

  it('forgets a token after a quarter of an hour', async () => {
    const token = await tokenFor()
    await sandbox.control('POST /clock', {offsetSeconds: quarterHour - 5})
    expect((await logIn(token)).status).to.equal(302)
    await sandbox.control('POST /clock', {offsetSeconds: quarterHour + 5})
    expect((await logIn(token)).status).to.equal(400)
  })

  for (const Destination of [
    'https://console.aws.amazon.com.example.com/',
    'https://example.com/console.aws.amazon.com',
    'http://console.aws.amazon.com/',
    '/s3/home',
  ]) {
    it(`sends no browser to ${Destination}`, async () => {
      expect((await logIn(await tokenFor(), {Destination})).status).to.equal(400)
    })
  }

  it('keeps a user signed in until that user logs out', async () => {
    const {cookie} = await homeOf(await logIn(await tokenFor()))
    keys = keysIn(await assumeByToken(sandbox.addresses.sts, await sandbox.mint(), {RoleSessionName: 'other'}))
    const refused = await logIn(await tokenFor(), {cookie})
    expect(refused.status).to.equal(400)
    expect(await refused.text())
      .to.contain('You must first log out')
      .and.contain('Action=logout')
    expect((await fetch(at('/home'), {headers: {cookie}})).status).to.equal(200)
    await fetch(at('/oauth?Action=logout'), {headers: {cookie}})
    expect((await fetch(at('/home'), {headers: {cookie}})).status).to.equal(403)
    expect((await logIn(await tokenFor(), {cookie})).status).to.equal(302)
  })

  it('fails on demand, for one action alone', async () => {
    await sandbox.control('POST /faults', {on: 'federation', action: 'login', status: 503})
    const token = await tokenFor()
    expect((await logIn(token)).status).to.equal(503)
    expect((await sandbox.journal()).map(({action, outcome}) => `${action} ${outcome}`).slice(-2)).to.deep.equal([
      'getSigninToken ok',
      'login http_503',
    ])
  })

  it('answers an unknown action, method or page with the error for each', async () => {
    expect((await fetch(`${at('/federation')}?Action=logout`)).status).to.equal(400)
    expect((await fetch(at('/federation'), {method: 'PUT'})).status).to.equal(404)
    expect((await fetch(at('/s3'))).status).to.equal(404)
    expect((await fetch(at('/home'))).status).to.equal(403)
  })
})
