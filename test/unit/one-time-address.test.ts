import {expect} from 'chai'
import {type Connection, type OneTimeAddress, oneTimeAddress} from '../../src/browser/one-time-address.ts'
import {ownersIn} from '../../src/outside/network/loopback-peer.ts'

const secret = new URL('https://signin.example.com/federation?SigninToken=secret')

describe('a one-time address that redirects to a secret one', () => {
  let address: OneTimeAddress
  let strangers: Connection[]
  let isStranger = false

  beforeEach(async () => {
    isStranger = false
    strangers = []
    address = await oneTimeAddress(secret, async connection => {
      strangers.push(connection)
      return isStranger
    })
  })
  afterEach(() => address.close())

  const get = (url: string | URL = address.url, init: RequestInit = {}) => fetch(url, {redirect: 'manual', ...init})

  it('redirects once, and reports that it was used', async () => {
    const answers = await Promise.all([get(), get(), get()])
    expect(answers.map(({status}) => status).toSorted()).to.deep.equal([303, 410, 410])
    expect(answers.map(({headers}) => headers.get('location')).filter(Boolean)).to.deep.equal([secret.href])
    await address.taken
    expect((await get()).status).to.equal(410)
  })

  it('is not used up by a program of another user, which is refused', async () => {
    isStranger = true
    const answer = await get()
    expect([answer.status, answer.headers.get('location')]).to.deep.equal([403, null])
    isStranger = false
    expect((await get()).status).to.equal(303)
    const port = Number(address.url.port)
    expect(strangers.map(({localPort}) => localPort)).to.deep.equal([port, port])
    expect(strangers.every(({remotePort}) => remotePort > 0 && remotePort !== port)).to.equal(true)
  })

  it('can be neither guessed nor derived from another one', async () => {
    const other = await oneTimeAddress(secret, async () => false)
    expect(address.url.pathname)
      .to.match(/^\/[\w-]{43}$/)
      .and.not.equal(other.url.pathname)
    expect((await get(new URL(other.url.pathname, address.url))).status).to.equal(404)
    expect((await get(`${address.url.href}?x`)).status).to.equal(404)
    await other.close()
  })

  it('answers in text that no browser caches or renders as a page', async () => {
    const {headers} = await get(new URL('/', address.url))
    expect(headers.get('content-type')).to.equal('text/plain; charset=utf-8')
    expect(headers.get('cache-control')).to.equal('no-store')
  })
})

describe('the owner of the other end of a connection', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 11 1 0000000000000000 100 0 0 10 0
   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 12 1 0000000000000000 20 4 30 10 -1
   2: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1001        0 13 1 0000000000000000 20 4 30 10 -1
   3: 0100007F:C351 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 14 1 0000000000000000 20 4 30 10 -1
`
  const table6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0000000000000000FFFF00000100007F:C352 0000000000000000FFFF00000100007F:1F90 01 00000000:00000000 00:00000000 00000000  1002        0 15 1 0000000000000000 20 4 30 10 -1
`

  it('is read from the tables of Linux', () => {
    expect(ownersIn(table, {localPort: 8080, remotePort: 50_000})).to.deep.equal([1001])
    expect(ownersIn(table, {localPort: 8080, remotePort: 50_001})).to.deep.equal([0])
    expect(ownersIn(table6, {localPort: 8080, remotePort: 50_002})).to.deep.equal([1002])
    expect(ownersIn(table, {localPort: 8080, remotePort: 50_002})).to.deep.equal([])
    expect(ownersIn('', {localPort: 8080, remotePort: 50_000})).to.deep.equal([])
  })
})
