import {mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, utimes, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {expect} from 'chai'
import {isOneDocument} from './document.ts'
import {isHit, type Reader, useHotScene} from './hot.ts'

/** A way to replace the configuration in use by another one without writing into either file. */
interface Exchange {
  readonly words: string
  /** Puts a configuration in use into the folder `conf`, which has a parent of its own, and another one beside it. */
  prepare(conf: string, first: string, second: string): Promise<void>
  exchange(conf: string): Promise<void>
}

const exchanges: readonly Exchange[] = [
  {
    words: 'a file was moved over it',
    async prepare(conf, first, second) {
      await writeFile(join(conf, 'config.yaml'), first)
      await writeFile(join(conf, 'second.yaml'), second)
    },
    exchange: conf => rename(join(conf, 'second.yaml'), join(conf, 'config.yaml')),
  },
  {
    words: 'a link to it was exchanged',
    async prepare(conf, first, second) {
      await writeFile(join(conf, 'first.yaml'), first)
      await writeFile(join(conf, 'second.yaml'), second)
      await symlink('first.yaml', join(conf, 'config.yaml'))
    },
    exchange: conf => relink('second.yaml', join(conf, 'config.yaml')),
  },
  {
    words: 'a link to its folder was exchanged',
    async prepare(conf, first, second) {
      await rm(conf, {recursive: true})
      for (const [name, text] of Object.entries({first, second})) {
        await mkdir(join(conf, '..', name))
        await writeFile(join(conf, '..', name, 'config.yaml'), text)
      }
      await symlink('first', conf)
    },
    exchange: conf => relink('second', conf),
  },
  {
    words: 'its folder was renamed',
    async prepare(conf, first, second) {
      await mkdir(`${conf}.second`)
      await writeFile(join(conf, 'config.yaml'), first)
      await writeFile(join(`${conf}.second`, 'config.yaml'), second)
    },
    async exchange(conf) {
      await rename(conf, `${conf}.first`)
      await rename(`${conf}.second`, conf)
    },
  },
  {
    words: 'its folder became a link to another one',
    async prepare(conf, first, second) {
      await mkdir(`${conf}.second`)
      await writeFile(join(conf, 'config.yaml'), first)
      await writeFile(join(`${conf}.second`, 'config.yaml'), second)
    },
    async exchange(conf) {
      await rename(conf, `${conf}.first`)
      await symlink(`${conf}.second`, conf)
    },
  },
]

// The time that npm gives all files in its tarballs, and an older one.
const times = {equal: new Date('1985-10-26T08:15:00Z'), older: new Date('1980-01-01')}

/** Tests that a reader notices exchanged files, even if the new ones have old modification times. */
export function seesExchanges(reader: Reader): void {
  const scene = useHotScene(reader)
  let [work, config] = ['', '']
  const env = () => ({AWS_OIDC_CONFIG_FILE: config})
  beforeEach(async () => {
    work = await mkdtemp(join(scene.home.folder, 'work-'))
    config = join(work, 'conf/config.yaml')
    await mkdir(dirname(config))
  })
  afterEach(() => rm(work, {recursive: true}))

  /** Makes a hot copy, or a pointer, for the current configuration. */
  async function makeCopy(): Promise<void> {
    await rm(scene.folder, {recursive: true, force: true})
    await scene.callWhole(undefined, env())
    await scene.markCopy()
    expect(isHit(await scene.call({env: env()})), 'before').to.equal(true)
  }

  async function texts(): Promise<readonly [first: string, second: string]> {
    const text = await readFile(scene.config, 'utf8')
    return [text, `# another one\n${text}`]
  }

  for (const {words, prepare, exchange} of exchanges) {
    for (const [age, time] of Object.entries(times)) {
      it(`does not use it after ${words}, by one with an ${age} time`, async () => {
        await prepare(join(work, 'conf'), ...(await texts()))
        await setTimes(work, times.equal, time)
        await makeCopy()
        await exchange(join(work, 'conf'))
        const ended = await scene.call({env: env()})
        expect(isHit(ended)).to.equal(false)
        isOneDocument(ended)
      })
    }
  }

  it('does not use it after a backup of the configuration was restored, with its old time', async () => {
    const [first, second] = await texts()
    await writeFile(config, first)
    await setTimes(work, times.equal, times.older)
    await makeCopy()
    await writeFile(config, second)
    await utimes(config, times.older, times.older)
    expect(isHit(await scene.call({env: env()}))).to.equal(false)
  })

  it('does not use it after the folder of the configuration was replaced in ~/.config', async () => {
    const conf = dirname(scene.config)
    await mkdir(`${conf}.second`)
    await writeFile(join(`${conf}.second`, 'config.yaml'), (await texts())[1])
    await setTimes(conf, times.equal, times.equal)
    await setTimes(`${conf}.second`, times.equal, times.equal)
    await utimes(`${conf}.second`, times.older, times.older)
    try {
      await rm(scene.folder, {recursive: true, force: true})
      await scene.callWhole()
      await scene.markCopy()
      expect(isHit(await scene.call()), 'before').to.equal(true)
      await rename(conf, `${conf}.first`)
      await rename(`${conf}.second`, conf)
      expect(isHit(await scene.call())).to.equal(false)
    } finally {
      await rm(`${conf}.first`, {recursive: true, force: true})
    }
  })

  it('uses it after other programs have renamed 1,000 files in the same folders', async () => {
    const {home} = scene
    for (const folder of [home.folder, join(home.folder, '.config'), join(home.folder, '.local/share')]) {
      await mkdir(folder, {recursive: true})
      for (let times = 0; times < 1_000; times++) {
        await writeFile(join(folder, 'new'), '')
        await rename(join(folder, 'new'), join(folder, 'theirs'))
      }
      expect(isHit(await scene.call()), folder).to.equal(true)
      await rm(join(folder, 'theirs'))
    }
  })
}

async function relink(target: string, path: string): Promise<void> {
  await symlink(target, `${path}.new`)
  await rename(`${path}.new`, path)
}

/** Sets one time for a folder and everything in it, and another one for whatever has "second" in its name. */
async function setTimes(path: string, time: Date, timeOfSecond: Date): Promise<void> {
  for (const entry of await readdir(path, {withFileTypes: true})) {
    const own = entry.name.includes('second') ? timeOfSecond : time
    const inside = join(path, entry.name)
    if (entry.isDirectory()) await setTimes(inside, own, timeOfSecond)
    else if (entry.isFile()) await utimes(inside, own, own)
  }
  await utimes(path, time, time)
}
