import {expect} from 'chai'
import type {Dependencies} from '../../src/credentials/dependencies.ts'
import {whoami} from '../../src/session/whoami.ts'
import {makeStage, type Stage} from '../support/dependencies.ts'

/** The parts of a call that notes which host each action is asked of. */
function callNoting(stage: Stage, asked: [string, string][]): Dependencies {
  const deps = stage.call()
  const fetchOnce: typeof globalThis.fetch = async (input, init) => {
    const action = new URLSearchParams(String(init?.body)).get('Action') ?? ''
    asked.push([action, new URL(String(input)).host])
    return action === 'GetCallerIdentity' ? identityAnswer() : stage.sts.fetch(input, init)
  }
  return {...deps, network: {...deps.network, fetchOnce}}
}

function identityAnswer(): Response {
  const members = '<Account>123456789012</Account><Arn>arn:of:somebody</Arn><UserId>AROA:somebody</UserId>'
  const result = `<GetCallerIdentityResult>${members}</GetCallerIdentityResult>`
  const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/'
  return new Response(`<GetCallerIdentityResponse xmlns="${namespace}">${result}</GetCallerIdentityResponse>`, {
    headers: {'content-type': 'text/xml'},
  })
}

describe('whoami', () => {
  it('asks the STS of the partition of the role that the provider chose', async () => {
    const stage = makeStage('providers: {corp: {strategy: fake}}\nprofiles: {bare: {provider: corp}}\n')
    stage.provider.roles = ['arn:aws-cn:iam::123456789012:role/developer']
    const asked: [string, string][] = []
    await whoami({profile: 'bare', force: false, lasting: false}, callNoting(stage, asked))
    expect(asked).to.deep.equal([
      ['AssumeRoleWithWebIdentity', 'sts.cn-northwest-1.amazonaws.com.cn'],
      ['GetCallerIdentity', 'sts.cn-northwest-1.amazonaws.com.cn'],
    ])
  })

  it("asks the STS that the role's own profile names, not the one of its source", async () => {
    const stage = makeStage(`
providers: {corp: {strategy: fake}}
profiles:
  source: {provider: corp, role: '123456789012/developer', sts: {region: eu-west-1}}
  target: {source: source, role: '123456789012/admin', sts: {region: eu-west-2}}
`)
    const asked: [string, string][] = []
    await whoami({profile: 'target', force: false, lasting: false}, callNoting(stage, asked))
    expect(asked.map(([, host]) => host)).to.deep.equal([
      'sts.eu-west-1.amazonaws.com',
      'sts.eu-west-2.amazonaws.com',
      'sts.eu-west-2.amazonaws.com',
    ])
  })

  it("names each STS that it asks and that is not AWS's own, once", async () => {
    const stage = makeStage(`
providers: {corp: {strategy: fake}}
profiles:
  source: {provider: corp, role: '123456789012/developer', sts: {endpoint: 'https://sts.one.example'}}
  target: {source: source, role: '123456789012/admin', sts: {endpoint: 'https://sts.two.example'}}
`)
    await whoami({profile: 'target', force: false, lasting: false}, callNoting(stage, []))
    expect(stage.told.filter(text => text.startsWith('Asking the STS at'))).to.deep.equal([
      "Asking the STS at https://sts.one.example, which is not AWS's own.",
      "Asking the STS at https://sts.two.example, which is not AWS's own.",
    ])
  })
})
