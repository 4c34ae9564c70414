import {expect} from 'chai'
import type {BrowserPlace} from '../../src/browser/page.ts'
import {openConsole} from '../../src/console/open.ts'
import type {Dependencies} from '../../src/credentials/dependencies.ts'
import {makeStage} from '../support/dependencies.ts'

const usual = {profile: 'developer', service: undefined, destination: undefined, region: undefined}

/** A console that is opened with AWS Sign-In at hand, in a browser that does `open`. */
async function opened(open: (url: URL, stage: ReturnType<typeof makeStage>) => Promise<unknown>, place?: BrowserPlace) {
  const stage = makeStage()
  const deps = stage.call()
  const asked: {request: string; body: URLSearchParams}[] = []
  const fetchAgain: typeof fetch = async (input, init) => {
    const url = String(input)
    if (!url.includes('.signin.')) return deps.network.fetchAgain(input, init)
    asked.push({request: `${init?.method} ${url}`, body: new URLSearchParams(String(init?.body))})
    return Response.json({SigninToken: 'the-sign-in-token'})
  }
  const openPage: Dependencies['openPage'] = async url => void (await open(url, stage))
  const network = {...deps.network, fetchAgain}
  const session = openConsole({...usual, durationSeconds: undefined, place}, {...deps, network, openPage})
  return {asked, outcome: await session.catch(({code, message, hint}) => ({code, message, hint}))}
}

describe('the console of AWS itself', () => {
  it('is asked for a token by POST, in the region of the role, and the browser is redirected to it', async () => {
    const {promise: led, resolve} = Promise.withResolvers<string | null>()
    const {asked, outcome} = await opened(async url => {
      resolve((await fetch(url, {redirect: 'manual'})).headers.get('location'))
    })
    expect(outcome).to.include({role: 'arn:aws:iam::123456789012:role/developer'})
    expect(asked.map(({request}) => request)).to.deep.equal(['POST https://us-east-1.signin.aws.amazon.com/federation'])
    expect([...(asked[0]?.body.keys() ?? [])]).to.deep.equal(['Action', 'Session'])
    expect(Object.keys(JSON.parse(asked[0]?.body.get('Session') ?? ''))).to.deep.equal([
      'sessionId',
      'sessionKey',
      'sessionToken',
    ])
    expect(await led).to.match(
      /^https:\/\/us-east-1\.signin\.aws\.amazon\.com\/federation\?Action=login&.*&SigninToken=the-sign-in-token$/,
    )
  })

  it('times out when no browser comes within two minutes, and its address is closed', async () => {
    let [address, before]: [URL | undefined, number | undefined] = [undefined, undefined]
    const {outcome} = await opened(async (url, {clock}) => {
      address = url
      clock.advance(119_000)
      before = (await fetch(url, {method: 'HEAD'})).status
      clock.advance(1_000)
    })
    expect(outcome).to.deep.equal({
      code: 'TIMED_OUT',
      message: 'No browser opened the console within two minutes.',
      hint: 'aws-oidc console --url --profile developer',
    })
    expect(before, 'it was still there').to.equal(405)
    const after = await fetch(address ?? '', {redirect: 'manual'}).catch(({cause}) => cause.code)
    expect(after).to.equal('ECONNREFUSED')
  })

  it('names the add-on that Firefox may need for its containers', async () => {
    const {outcome} = await opened(async (_, {clock}) => clock.advance(120_000), {kind: 'container', name: 'dev'})
    expect(outcome).to.include({code: 'TIMED_OUT'})
    expect(outcome).to.have.property('message').that.includes('Open external links in a container')
  })

  it('is an error without the address when the browser fails', async () => {
    const {outcome} = await opened(url => Promise.reject(new Error(`can't open ${url.href}`)))
    expect(outcome).to.deep.equal({
      code: 'CONFIG_INVALID',
      message: "The browser could not be opened (can't open the address).",
      hint: 'aws-oidc console --url --profile developer',
    })
  })
})
