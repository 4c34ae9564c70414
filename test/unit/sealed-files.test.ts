import {execFile} from 'node:child_process'
import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {expect} from 'chai'
import type {CacheEntry, CredentialCache} from '../../src/plugin.ts'
import {keyringCache} from '../../src/providers/keyring-cache.ts'
import {entry} from '../support/cache-suite.ts'
import {memoryKeyring} from '../support/keyring.ts'

const module = new URL('../../src/providers/keyring-cache.ts', import.meta.url).href
const log = {debug: () => undefined, info: () => undefined, warn: () => undefined}

describe('the file of a sealed entry', () => {
  let directory = ''
  let cache: CredentialCache

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'aws-oidc-sealed-'))
    cache = keyringCache({
      directory,
      keyring: memoryKeyring(),
      exclusively: work => work(),
      log,
      interactive: false,
      signal: new AbortController().signal,
      env: {},
    })
  })
  afterEach(() => rm(directory, {recursive: true, force: true}))

  async function onlyFile(): Promise<string> {
    const [name = ''] = await readdir(directory)
    return join(directory, name)
  }

  /** What is read from each of these contents. */
  async function readFrom(contents: readonly Buffer[]): Promise<readonly (CacheEntry | undefined)[]> {
    const path = await onlyFile()
    const found: (CacheEntry | undefined)[] = []
    for (const content of contents) {
      await writeFile(path, content)
      found.push(await cache.read('provider/a'))
    }
    return found
  }

  it('gives what was sealed or nothing, whichever byte is changed', async () => {
    const sealed = entry('a value, and \u0000 日本語')
    await cache.write('provider/a', sealed)
    const whole = await readFile(await onlyFile())
    const changed = [...whole].flatMap((byte, at) =>
      [0x01, 0x20, 0x80].map(bit => {
        const copy = Buffer.from(whole)
        copy[at] = byte ^ bit
        return copy
      }),
    )
    const found = await readFrom(changed)
    for (const one of found) expect(one ?? sealed).to.deep.equal(sealed)
    // Some bytes say nothing, such as the last line end.
    const opened = found.filter(one => one !== undefined)
    expect(opened.length).to.be.lessThan(found.length / 20)
    expect(await readFrom([whole]), 'and all of it, unchanged').to.deep.equal([sealed])
  })

  it('gives nothing when it was cut short, wherever it was cut', async () => {
    await cache.write('provider/a', entry('value'))
    const whole = await readFile(await onlyFile())
    // Without its line end it is whole.
    const cut = Array.from({length: whole.length - 1}, (_, length) => whole.subarray(0, length))
    expect(new Set(await readFrom(cut))).to.deep.equal(new Set([undefined]))
  })

  it('never has the same IV as another one, whichever process wrote it', async () => {
    const script = `
      import {readdirSync, readFileSync} from 'node:fs'
      import {keyringCache} from ${JSON.stringify(module)}
      const silent = () => undefined
      const directory = process.argv[1]
      const cache = keyringCache({
        directory,
        keyring: {get: async () => Buffer.alloc(32, 7).toString('base64')},
        log: {debug: silent, info: silent, warn: silent},
      })
      for (let count = 0; count < 20; count++) {
        await cache.write('provider/a', {value: 'the same', expiresAt: new Date(4e12)})
        console.log(JSON.parse(readFileSync(directory + '/' + readdirSync(directory)[0], 'utf8')).iv)
      }`
    const write = async (folder: string) => {
      const args = ['--input-type=module', '-e', script, join(directory, folder)]
      return (await promisify(execFile)(process.execPath, args)).stdout.trimEnd().split('\n')
    }
    const seen = (await Promise.all(['one', 'two', 'three'].map(write))).flat()
    expect(seen).to.have.length(60)
    expect(new Set(seen).size).to.equal(60)
  })
})
