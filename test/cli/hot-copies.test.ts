import {chmod, readFile, utimes, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {expect} from 'chai'
import {isOneDocument} from '../support/document.ts'
import {seesExchanges} from '../support/exchange-suite.ts'
import {fillsPipe} from '../support/full-pipe.ts'
import {isHit, useHotScene} from '../support/hot.ts'
import {readsHotCopies} from '../support/hot-copy-suite.ts'

describe('the lane of Node, given a hot copy,', () => {
  readsHotCopies(['node'])
  seesExchanges(['node'])
})

describe('the lane of Node', () => {
  const scene = useHotScene(['node'])

  it('imports nothing', async () => {
    const {folder} = scene.home
    const [empty, preload] = [join(folder, 'empty.mjs'), join(folder, 'preload.cjs')]
    await writeFile(empty, 'void import.meta.filename')
    await writeFile(
      preload,
      `const {appendFileSync} = require('node:fs')
       const loaded = []
       require('node:module').registerHooks({load: (url, context, next) => (loaded.push(url), next(url, context))})
       process.once('exit', () => {
         appendFileSync(process.env.LOADED, JSON.stringify({loaded, builtIn: process.moduleLoadList}) + '\\n')
       })`,
    )
    const LOADED = join(folder, 'loaded')
    const env = {LOADED, NODE_OPTIONS: `--require ${preload}`}
    expect(isHit(await scene.call({env}))).to.equal(true)
    await scene.home.run([], env, empty)
    const [ours, nothing] = (await readFile(LOADED, 'utf8'))
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(ours.loaded).to.deep.equal([pathToFileURL(scene.installation.program).href])
    expect(ours.builtIn.filter((name: string) => !nothing.builtIn.includes(name))).to.deep.equal([])
  })

  it('uses no copy that is open to others, or lies in a folder that is', async () => {
    await chmod(scene.copy, 0o640)
    expect(isHit(await scene.call())).to.equal(false)
    await scene.markCopy()
    expect(isHit(await scene.call())).to.equal(true)
    await chmod(scene.folder, 0o701)
    expect(isHit(await scene.call())).to.equal(false)
  })

  it('uses no copy that would be served beyond the expiry of its credentials', async () => {
    await utimes(scene.copy, new Date(), new Date(Date.now() + 86_400_000))
    expect(isHit(await scene.call())).to.equal(false)
  })

  for (const [words, milliseconds, hit] of [
    ['as it was', 0, true],
    ['beyond the soft margin', 50 * 60_000, false],
    ['before the copy was made', -60_000, false],
  ] as const) {
    it(`${hit ? 'uses' : 'does not use'} a copy where the clock is ${words}`, async () => {
      const code = `const now=Date.now;Date.now=()=>now()+${milliseconds}`
      const env = {NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(code)}`}
      const ended = await scene.call({env})
      expect(isHit(ended), ended.stderr).to.equal(hit)
    })
  }

  it('waits for its reader where the pipe is full and does not block, and prints once', async () => {
    const ended = await scene.call({around: `{ ${fillsPipe}; "$@"; } | { sleep 0.5; cat; }`})
    expect(isHit(ended), ended.stderr).to.equal(true)
    isOneDocument({...ended, stdout: ended.stdout.replace(/^x+/, '')})
  })
})
