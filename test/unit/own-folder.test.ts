import {chmod, mkdtemp, readdir, rm, utimes, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {putHotCopy} from '../../src/fast-path/hot-copy.ts'
import {putPointer} from '../../src/fast-path/pointers.ts'
import {type OwnFolder, ownFolderAt} from '../../src/outside/files/own-folder.ts'

const now = new Date()
const later = new Date(now.getTime() + 3_600_000)
const profiles = Array.from({length: 600}, (_, at) => `profile-${at}`)
const state = (at: number) => ({id: `1-${at}-3-4`, modifiedAt: now, changedAt: now})

describe('where 600 profiles are in use', () => {
  let path: string
  let folder: OwnFolder

  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'aws-oidc-own-'))
    await chmod(path, 0o700)
    const opened = await ownFolderAt(path).open()
    if (!opened) throw new Error('the folder is ours')
    folder = opened
  })
  afterEach(() => rm(path, {recursive: true, force: true}))

  const stamped = (at: number, serveUntil = later) => ({
    ...{profile: profiles[at] ?? '', run: '/run.js', env: {}, serveUntil},
    watched: [{path: `/v1/${at}`, state: state(at)}],
  })
  const copy = (at: number, serveUntil?: Date) =>
    putHotCopy({...stamped(at, serveUntil), around: {links: [], folders: []}, document: '{}'}, folder, now)
  const pointer = (at: number) => putPointer({cache: 'file', entry: 'e', key: 'k', role: 'r'}, stamped(at), folder, now)

  /** Writes the first one again until the expired ones are gone, and returns what stays. */
  async function afterManyCalls(put: (at: number) => Promise<unknown>, over: readonly string[]) {
    const past = new Date(now.getTime() - 1000)
    for (const name of over) await utimes(join(path, name), past, past)
    for (let call = 0; call < 60; call++) await put(0)
    return new Set(await readdir(path))
  }

  it('expired hot copies are removed, with all that belonged to them', async () => {
    for (const at of profiles.keys()) await copy(at)
    const over = profiles.slice(300).map(name => `${name}:`)
    const left = await afterManyCalls(copy, over)
    const stamps = [...profiles.keys()].slice(0, 300).flatMap(at => [`${state(at).id}.low`, `${state(at).id}.high`])
    const copies = profiles.slice(0, 300).map(name => `${name}:`)
    expect([...left].toSorted()).to.deep.equal([...copies, ...stamps].toSorted())
  })

  it('expired pointers are removed', async () => {
    for (const at of profiles.keys()) await pointer(at)
    await writeFile(join(path, 'of somebody'), '')
    const left = await afterManyCalls(
      pointer,
      profiles.slice(300).map(name => `${name},`),
    )
    expect([...left].toSorted()).to.deep.equal(
      [...profiles.slice(0, 300).map(name => `${name},`), 'of somebody'].toSorted(),
    )
  })
})
