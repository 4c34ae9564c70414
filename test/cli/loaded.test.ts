import {readFile, writeFile} from 'node:fs/promises'
import {basename, join} from 'node:path'
import {expect} from 'chai'
import {useScene} from '../support/scene.ts'

interface Loaded {
  readonly ofNode: readonly string[]
  readonly files: readonly string[]
}

// Modules that take time to load, and that these calls do not need. (`net` comes with a stdout that is a pipe.)
const slow = ['child_process', 'http', 'https', 'perf_hooks', 'readline', 'sqlite', 'tls', 'worker_threads']

describe('a call that needs no network', () => {
  const scene = useScene()

  /** What a call has loaded when it ends: parts of Node, and files of the bundle. */
  async function loadedBy(args: readonly string[]): Promise<Loaded> {
    const [spy, list] = [join(scene.home.folder, 'spy.cjs'), join(scene.home.folder, 'loaded.json')]
    await writeFile(
      spy,
      `process.once('exit', () => require('node:fs').writeFileSync(${JSON.stringify(list)}, JSON.stringify({
        ofNode: process.moduleLoadList.filter(name => name.startsWith('NativeModule ')).map(name => name.slice(13)),
        files: Object.keys(require.cache),
      })))`,
    )
    const {exitCode, stderr} = await scene.home.run(args, {NODE_OPTIONS: `--require ${spy}`})
    expect(exitCode, stderr).to.equal(0)
    const {ofNode, files}: Loaded = JSON.parse(await readFile(list, 'utf8'))
    return {ofNode, files: files.map(file => basename(file)).filter(name => name !== 'spy.cjs')}
  }

  // With --format no pointer or hot copy answers.
  const creds = ['creds', '--profile', 'developer', '--format', 'process']
  for (const args of [creds, ['status'], ['--version'], ['--help']]) {
    it(`loads no library that it does not need: ${args[0]}`, async () => {
      // The second keeps what the parser came to, in the folder that the first has made.
      for (const _ of [1, 2]) await scene.home.run(creds)
      const {ofNode, files} = await loadedBy(args)
      expect(files).to.include('main.cjs')
      const known = ['main.cjs', 'package.json', ...(args[0]?.startsWith('-') ? [] : ['caches.cjs'])]
      expect(files.filter(file => !known.includes(file))).to.deep.equal([])
      expect(ofNode.filter(name => slow.includes(name))).to.deep.equal([])
    })
  }
})
