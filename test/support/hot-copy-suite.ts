import {execFileSync} from 'node:child_process'
import {chown, cp, mkdir, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {expect} from 'chai'
import {callerLines} from '../../src/fast-path/caller-lines.ts'
import {isOneDocument} from './document.ts'
import {type HotScene, isHit, type Reader, useHotScene} from './hot.ts'
import {nobody, onReadOnlyHome, root} from './machine.ts'

type Spoiler = readonly [words: string, spoil: (scene: HotScene) => Promise<void>]

/** Tests the rules for every reader of hot copies and pointers. */
export function readsHotCopies(reader: Reader): void {
  const scene = useHotScene(reader)

  it('prints it for every way to name a profile, without other arguments', async () => {
    for (const [args, env] of [
      [['creds', '--profile', 'developer'], {}],
      [['creds', '--profile=developer'], {}],
      [['creds', '-p', 'developer'], {}],
      [['creds'], {AWS_OIDC_PROFILE: 'developer', AWS_PROFILE: 'admin'}],
      [['creds'], {AWS_PROFILE: 'developer'}],
    ] as const) {
      const ended = await scene.call({args, env})
      expect(isHit(ended), args.join(' ')).to.equal(true)
      isOneDocument(ended)
      expect(ended.stderr).to.equal('')
    }
  })

  it('leaves it alone for any other call', async () => {
    for (const args of [
      ['creds', '--profile', 'developer', '--format', 'env'],
      ['creds', '--profile', 'developer', '--force'],
      ['creds', '--profile', 'developer', '--duration', '1h'],
      ['creds', '--profile', '../aws-oidc/developer'],
      ['creds', '--profile', 'developer', 'developer'],
      ['creds', '--profile'],
      ['creds', '--profile='],
      ['status', '--profile', 'developer'],
      [],
    ]) {
      expect(isHit(await scene.call({args})), args.join(' ')).to.equal(false)
    }
  })

  it('prints it even where the user may not be asked', async () => {
    expect(isHit(await scene.call({env: {AWS_OIDC_INTERACTIVE: 'never'}}))).to.equal(true)
  })

  const {variables} = reader[0] === 'pointer' ? callerLines.pointer : callerLines.hotCopy
  for (const variable of variables) {
    it(`does not use it where ${variable} has another value`, async () => {
      expect(isHit(await scene.call({env: {[variable]: variable.startsWith('AWS_') ? 'other' : '/other'}}))).to.equal(
        false,
      )
    })
  }

  const spoilers: readonly Spoiler[] = [
    [
      'is a link',
      async ({copy}) => {
        await rename(copy, `${copy}.real`)
        await symlink(`${copy}.real`, copy)
      },
    ],
    ['was planted by another user', async ({copy}) => chown(copy, nobody, nobody)],
    [
      'lies in a folder that is a link',
      async ({folder}) => {
        await rename(folder, `${folder}.real`)
        await symlink(`${folder}.real`, folder)
      },
    ],
    ['lies in the folder of another user', async ({folder}) => chown(folder, nobody, nobody)],
    [
      'lies in a folder of ours that is in one of another user',
      async ({folder}) => chown(dirname(folder), nobody, nobody),
    ],
    [
      'is a folder',
      async ({copy}) => {
        await rm(copy)
        await mkdir(copy)
      },
    ],
    [
      'is a pipe',
      async ({copy}) => {
        await rm(copy)
        execFileSync('mkfifo', [copy])
      },
    ],
    ['is cut short', async ({rewrite}) => rewrite(text => text.slice(0, -20))],
    ['lacks its last newline', async ({rewrite}) => rewrite(text => text.slice(0, -1))],
    ['is empty', async ({rewrite}) => rewrite(() => '')],
    ['is too long', async ({rewrite}) => rewrite(text => text.replace('{', `{${' '.repeat(20_000)}`))],
    ['has two documents', async ({rewrite}) => rewrite(text => `${text}${text.split('\n')[2]}\n`)],
    ['has something behind its document', async ({rewrite}) => rewrite(text => `${text}x`)],
    ['is of another version', async ({rewrite}) => rewrite(text => text.replace(/^(aws-oidc.*?) \d\t/, '$1 0\t'))],
    ['is of another profile', async ({rewrite}) => rewrite(text => text.replace('\tdeveloper\t', '\tadmin\t'))],
    ['is of another installation', async ({rewrite}) => rewrite(text => text.replace('/bin/run.js', '/bin/other.js'))],
    ['watches half a file', async ({rewrite}) => rewrite(text => text.replace(/^(.*\n.*)\n/, '$1\t-\n'))],
    ['has expired', async ({copy}) => utimes(copy, new Date(), new Date(Date.now() - 1000))],
    ['is of a configuration changed in the same second', async ({config}) => changeInTheSameSecond(config)],
    ['is of a configuration replaced by rename', async ({config}) => replaceByRename(config, new Date())],
    [
      'is of a configuration replaced by an older one',
      async ({config}) => replaceByRename(config, new Date('2020-01-01')),
    ],
    ['is of a configuration that is gone', async ({config}) => rm(config)],
    [
      'is of a version that was replaced',
      async ({installation: {folder}}) => {
        await rename(folder, `${folder}.before`)
        await cp(`${folder}.before`, folder, {recursive: true, verbatimSymlinks: true})
        await rm(`${folder}.before`, {recursive: true})
      },
    ],
    [
      'was made before a plugin was installed',
      async ({home}) => {
        const data = join(home.folder, '.local/share/aws-oidc')
        await writeFile(join(data, 'package.json'), '{"oclif": {"plugins": []}}')
      },
    ],
    ['is of credentials that were removed', async ({home}) => rm(join(home.cache, 'v1'), {recursive: true})],
    [
      'is of credentials that were replaced',
      async ({home, settle, callWhole, markCopy, copy}) => {
        // busybox compares whole seconds, so the entry must come from an earlier second.
        const entries = join(home.cache, 'v1')
        await settle(...(await readdir(entries)).map(name => join(entries, name)))
        await callWhole()
        await markCopy()
        const before = await readFile(copy)
        const {mtime} = await stat(copy)
        await callWhole(['login', '--profile', 'developer', '--force'])
        // As if the copy had outlived its credentials.
        await writeFile(copy, before)
        await utimes(copy, mtime, mtime)
      },
    ],
  ]
  for (const [words, spoil] of spoilers) {
    // busybox compares whole seconds. That is why no copy is made of a configuration younger than two seconds.
    if (words.includes('same second') && reader[0] === 'busybox') continue
    it(`does not use it where it ${words}`, async function () {
      if (words.includes('another user') && !root) this.skip()
      try {
        await spoil(scene)
        const ended = await scene.call()
        expect(isHit(ended)).to.equal(false)
        if (words.includes('gone')) expect(ended).to.include({exitCode: 2, stdout: ''})
        else isOneDocument(ended)
      } finally {
        await rm(join(scene.home.folder, '.local/share/aws-oidc/package.json'), {force: true})
        await rm(`${scene.folder}.real`, {recursive: true, force: true})
        if (root) await chown(dirname(scene.folder), 0, 0)
      }
    })
  }

  describe('beside sixty plugins', () => {
    const names = Array.from({length: 60}, (_, at) => `aws-oidc-ping-${at}`)
    let [data, modules, npmList] = ['', '', '']
    beforeEach(async () => {
      data = join(scene.home.folder, '.local/share/aws-oidc')
      modules = join(data, 'node_modules')
      npmList = join(modules, '.package-lock.json')
      const list = join(data, 'package.json')
      for (const name of names) {
        await mkdir(join(modules, name), {recursive: true})
        await writeFile(join(modules, name, 'package.json'), JSON.stringify({name, version: '1.0.0'}))
      }
      await writeFile(npmList, '{}')
      await writeFile(list, JSON.stringify({oclif: {plugins: names.map(name => ({name, type: 'user'}))}}))
      await scene.settle(list, npmList)
      await scene.callWhole()
      await scene.markCopy()
      expect(isHit(await scene.call())).to.equal(true)
    })
    afterEach(async () => {
      for (const name of ['package.json', 'node_modules', 'former']) {
        await rm(join(data, name), {recursive: true, force: true})
      }
    })

    const changes: Readonly<Record<string, () => Promise<void>>> = {
      'npm has updated one': () => writeFile(npmList, '{"packages": {}}'),
      'one was removed by hand': () => rm(join(modules, 'aws-oidc-ping-7'), {recursive: true}),
      'their folder was replaced': async () => {
        await cp(modules, join(data, 'new'), {recursive: true, preserveTimestamps: true})
        await rename(modules, join(data, 'former'))
        await rename(join(data, 'new'), modules)
      },
    }
    for (const [words, change] of Object.entries(changes)) {
      it(`does not use it after ${words}`, async () => {
        await change()
        expect(isHit(await scene.call())).to.equal(false)
      })
    }
  })

  it('prints it in a home that is read-only', async function () {
    if (!root) this.skip()
    const ended = await scene.call({around: onReadOnlyHome})
    if (/unshare|mount:/.test(ended.stderr)) this.skip()
    expect(isHit(ended)).to.equal(true)
  })

  it('works where /proc is missing, and serves no expired copy', async function () {
    if (!root) this.skip()
    const around = `exec unshare --mount sh -c 'mount -t tmpfs none /proc && exec "$@"' sh "$@"`
    const ended = await scene.call({around})
    if (/unshare|mount:/.test(ended.stderr)) this.skip()
    isOneDocument(ended)
    await utimes(scene.copy, new Date(), new Date(Date.now() - 1000))
    expect(isHit(await scene.call({around}))).to.equal(false)
  })

  it('ends with 1, silently, where its reader has gone', async () => {
    const {stdout, stderr} = await scene.call({around: '{ sleep 0.2; "$@"; echo "exit $?" >&2; } | true'})
    expect({stdout, stderr}).to.deep.equal({stdout: '', stderr: 'exit 1\n'})
    expect(isHit(await scene.call())).to.equal(true)
  })

  it('ends with 1 and one line where the disk is full', async () => {
    const {exitCode, stdout, stderr} = await scene.call({around: '"$@" >/dev/full'})
    expect({exitCode, stdout}).to.deep.equal({exitCode: 1, stdout: ''})
    expect(stderr).to.match(/^Error: .*\n$/)
  })

  it('ends with 0, silently, where stdout is /dev/null, however it was opened, or closed', async () => {
    for (const around of ['"$@" >/dev/null', '"$@" 1<>/dev/null', '"$@" >&-']) {
      expect(await scene.call({around}), around).to.include({exitCode: 0, stdout: '', stderr: ''})
    }
  })
}

async function changeInTheSameSecond(path: string): Promise<void> {
  const {mtime} = await stat(path)
  const text = await readFile(path, 'utf8')
  await writeFile(path, text.replace('us-east-1', 'us-west-2'))
  const second = Math.floor(mtime.getTime() / 1000) * 1000
  const other = new Date(second + (((mtime.getTime() % 1000) + 500) % 1000))
  await utimes(path, other, other)
}

async function replaceByRename(path: string, modifiedAt: Date): Promise<void> {
  await writeFile(`${path}.new`, `# another one\n${await readFile(path, 'utf8')}`)
  await utimes(`${path}.new`, modifiedAt, modifiedAt)
  await rename(`${path}.new`, path)
}
