import {expect} from 'chai'
import {storeOver} from '../../src/cache/store.ts'
import {type Issued, isFresh, isUsable, readIssued, writeIssued} from '../../src/credentials/issued.ts'
import {AwsOidcError} from '../../src/errors.ts'
import {memoryCache} from '../../src/providers/memory-cache.ts'
import {Secrets} from '../../src/text/secrets.ts'

const now = new Date('2026-11-23T09:00:00Z')
const minutesOn = (minutes: number) => new Date(now.getTime() + minutes * 60_000)
const issued = (minutes: number): Issued => ({
  credentials: {
    accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'the-secret-access-key',
    sessionToken: 'the-session-token',
    expiration: minutesOn(minutes + 5),
  },
  role: 'arn:aws:iam::123456789012:role/developer',
  accountId: '123456789012',
  obtainedAt: now,
  expiresAt: minutesOn(minutes),
})
const silent = {debug: () => undefined, info: () => undefined, warn: () => undefined}

describe('credentials', () => {
  it('are fresh with over 15 minutes left, or over a quarter of a short lifetime', () => {
    expect([44.9, 45].map(passed => isFresh(issued(60), minutesOn(passed)))).to.deep.equal([true, false])
    expect([705, 705.1].map(passed => isFresh(issued(720), minutesOn(passed - 0.1)))).to.deep.equal([true, false])
    expect([14.9, 15].map(passed => isFresh(issued(20), minutesOn(passed)))).to.deep.equal([true, false])
  })

  it('are never fresh in their last minute, however short their lifetime', () => {
    expect(isFresh(issued(2), minutesOn(0.9))).to.equal(true)
    expect(isFresh(issued(2), minutesOn(1))).to.equal(false)
  })

  it('are usable down to a minute', () => {
    expect([58.9, 59].map(passed => isUsable(issued(60), minutesOn(passed)))).to.deep.equal([true, false])
  })

  it('come back from the cache unchanged, and are masked from then on', async () => {
    const store = storeOver(memoryCache(), 'memory', silent, () => now)
    await writeIssued(store, 'key', issued(60))
    const secrets = new Secrets()
    expect(await readIssued(store, 'key', secrets)).to.deep.equal(issued(60))
    expect(secrets.mask('the-secret-access-key the-session-token')).to.equal('*** ***')
  })

  it('that can not be read count as absent', async () => {
    const store = storeOver(memoryCache(), 'memory', silent, () => now)
    const {credentials, role, accountId, obtainedAt} = issued(60)
    const whole = {...credentials, role, accountId, obtainedAt}
    const texts = [
      '',
      'null',
      '[]',
      'garbage',
      ...Object.keys(whole).map(name => JSON.stringify({...whole, [name]: 7})),
    ]
    for (const text of texts) {
      await store.write('key', text, minutesOn(60))
      expect(await readIssued(store, 'key', new Secrets()), text).to.equal(undefined)
    }
  })
})

describe('a cache that does not work', () => {
  const broken = () => Promise.reject(new Error('no such disk'))
  const cache = {read: broken, write: broken, remove: broken, clear: broken, expiresAt: broken}

  it('causes one warning and never costs a result, but clearing it reports the failure', async () => {
    const warnings: string[] = []
    const store = storeOver(cache, 'broken', {...silent, warn: text => warnings.push(text)}, () => now)
    expect(await store.read('key')).to.equal(undefined)
    expect(await store.endOf('key')).to.equal(undefined)
    await store.write('key', 'value', minutesOn(1))
    await store.remove('key')
    expect(warnings).to.have.length(1)
    expect(warnings[0]).to.include('"broken"').and.include('no such disk')
    const failure = await store.clear().catch(error => error)
    expect(failure).to.include({code: 'PLUGIN_FAILED'})
  })

  it('does not keep the user waiting after Ctrl-C', async () => {
    const interrupted = () => Promise.reject(new AwsOidcError('INTERRUPTED', 'Interrupted.'))
    const waiting = {...cache, read: interrupted, write: interrupted, ready: interrupted}
    const warnings: string[] = []
    const store = storeOver(waiting, 'keyring', {...silent, warn: text => warnings.push(text)}, () => now)
    for (const work of [store.read('key'), store.write('key', 'value', now), store.ready()])
      expect(await work.catch(error => error)).to.include({code: 'INTERRUPTED'})
    expect(warnings).to.deep.equal([])
  })

  it('is cleared together with the others, whichever of them fails', async () => {
    const cleared: string[] = []
    const others = async (prefix = '') => void cleared.push(`others ${prefix}`)
    const store = storeOver(cache, 'broken', silent, () => now, {clearOthers: others})
    expect(await store.clear('one/').catch(error => error)).to.include({code: 'PLUGIN_FAILED'})
    const own = {...memoryCache(), clear: async (prefix = '') => void cleared.push(`own ${prefix}`)}
    const failing = storeOver(own, 'memory', silent, () => now, {clearOthers: broken})
    expect(await failing.clear('two/').catch(error => error)).to.include({message: 'no such disk'})
    expect(cleared).to.deep.equal(['others one/', 'own two/'])
  })

  it('may hold expired entries: the host judges the time', async () => {
    const memory = memoryCache()
    await memory.write('key', {value: 'old', expiresAt: now})
    const store = storeOver(memory, 'memory', silent, () => now)
    expect([await store.read('key'), await store.endOf('key')]).to.deep.equal([undefined, now])
  })
})
