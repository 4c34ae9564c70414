import {expect} from 'chai'
import {readConfiguration} from '../../src/config/read.ts'
import {AwsOidcError} from '../../src/errors.ts'
import {type CodeScreen, knownHostsOf, showCode} from '../../src/host/show-code.ts'
import {onScreen} from '../../src/text/printable.ts'

const code = {
  url: new URL('https://sso.example.com/device'),
  completeUrl: new URL('https://sso.example.com/device?user_code=FQBC-WQBN'),
  code: 'FQBC-WQBN',
  expiresAt: new Date('2026-11-23T09:10:00Z'),
}
const screen = {columns: 100, rows: 40, colours: false}
const drawn = /[█▀▄]/

async function show(changes: Partial<CodeScreen> = {}, shown: Partial<typeof code> = {}) {
  const [told, opened]: [string[], string[]] = [[], []]
  await showCode(
    {...code, ...shown},
    {
      tell: text => void told.push(onScreen(text)),
      screen: () => undefined,
      deadline: new Date('2026-11-23T09:05:00Z'),
      now: () => new Date('2026-11-23T09:00:00Z'),
      knownHosts: new Set(['sso.example.com']),
      open: async url => void opened.push(url.href),
      ...changes,
    },
  )
  return {told: told.join('\n'), opened}
}

function provider(text: string) {
  const found = readConfiguration('config.yaml', `providers:\n  corp:\n    strategy: oidc\n${text}`).providers.corp
  if (!found) throw new Error('no provider')
  return found
}

describe('the code for a sign-in', () => {
  it('is shown with its address and the host to check, and is opened with the code in the address', async () => {
    const {told, opened} = await show()
    expect(told).to.include('\n  https://sso.example.com/device\n').and.include('enter the code  FQBC-WQBN  until ')
    expect(told).to.include('Check that your browser is at sso.example.com before you enter it.')
    expect(told).not.to.include('user_code=')
    expect(opened).to.deep.equal(['https://sso.example.com/device?user_code=FQBC-WQBN'])
  })

  it('is valid until the earlier of its own expiry and our five minutes', async () => {
    expect((await show()).told).to.match(/ until \d\d:05 \(in 5 minutes\)\.$/m)
    const {told} = await show({deadline: new Date('2026-11-23T10:00:00Z')})
    expect(told).to.match(/ until \d\d:10 \(in 10 minutes\)\.$/m)
  })

  it('is only shown, with a warning and no picture, at a host that the configuration does not name', async () => {
    const {told, opened} = await show({screen: () => screen}, {url: new URL('https://evil.example/device')})
    expect(told).to.include('your configuration does not name evil.example').and.include('deviceHosts')
    expect(told).not.to.match(drawn)
    expect(opened).to.deep.equal([])
  })

  it('has a picture on a terminal with room for it, and none elsewhere', async () => {
    expect((await show({screen: () => screen})).told).to.match(drawn)
    expect((await show({screen: () => undefined})).told).not.to.match(drawn)
    expect((await show({screen: () => ({...screen, columns: 30})})).told).not.to.match(drawn)
    expect((await show({screen: () => ({...screen, rows: 20})})).told).not.to.match(drawn)
  })

  it('leaves room for the lines that a long address takes on a narrow terminal', async () => {
    const least = async (path: string) => {
      const url = new URL(path, code.url)
      for (let rows = 1; rows < 100; rows++) {
        if (drawn.test((await show({screen: () => ({columns: 50, rows, colours: false})}, {url})).told)) return rows
      }
      return undefined
    }
    const [short, long] = [await least('/device'), await least(`/${'x'.repeat(100)}`)]
    expect(short).to.be.within(20, 30)
    expect(long).to.equal(Number(short) + 2)
  })

  it('can not send commands to the terminal', async () => {
    const {told} = await show({}, {code: 'AB\u001b[2J\u202eCD\r\nEF'})
    expect(told)
      .to.include('AB [2J CD EF')
      .and.not.match(/[\p{Cf}\r]/u)
  })
})

describe('the hosts at which a code may be entered', () => {
  it('are that of the issuer and those in the settings of the provider', () => {
    const corp = provider(
      '    issuer: https://sso.example.com/realms/a\n    deviceHosts: [microsoft.com, Login.Example.com:8443]\n',
    )
    expect([...knownHostsOf(corp)]).to.deep.equal(['sso.example.com', 'microsoft.com', 'login.example.com:8443'])
    expect([...knownHostsOf(corp, new URL('https://idp.example'))]).to.include('idp.example')
  })

  for (const wrong of [
    'https://microsoft.com',
    'microsoft.com/device',
    'a b',
    'user@microsoft.com',
    '*.example.com/',
  ]) {
    it(`can not be addresses or patterns such as "${wrong}"`, () => {
      const read = () => provider(`    deviceHosts: ["${wrong}"]\n`)
      expect(read).to.throw(AwsOidcError, 'config.yaml:4:19: providers.corp.deviceHosts.0 must be the name of a host')
    })
  }
})
