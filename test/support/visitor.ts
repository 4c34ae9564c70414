// A browser for tests. `node visitor.ts FILE [WAY...] ADDRESS` requests the address in each of these ways, and writes
// its arguments and the answers into FILE.
import {spawnSync} from 'node:child_process'
import {renameSync, writeFileSync} from 'node:fs'
import {request} from 'node:http'

interface Visit {
  readonly way: string
  readonly status: number
  readonly location: string | undefined
  readonly headers: Readonly<Record<string, unknown>>
}

const nobody = 65_534
const [, script = '', file = '', ...rest] = process.argv
const address = rest.at(-1) ?? ''
const url = new URL(new URLSearchParams(address.replace(/^ext\+container:/, '')).get('url') ?? address)

const ways: Readonly<Record<string, () => Promise<Visit>>> = {
  get: () => ask('get', url),
  head: () => ask('head', url, {method: 'HEAD'}),
  elsewhere: () => ask('elsewhere', new URL('/', url)),
  'by-another-name': () => ask('by-another-name', url, {headers: {host: `localhost:${url.port}`}}),
  'as-nobody': async () => {
    const {stdout, stderr} = spawnSync(process.execPath, [script, '', 'get', url.href], {
      env: {PATH: process.env.PATH},
      encoding: 'utf8',
      uid: nobody,
      gid: nobody,
    })
    if (stdout === '') throw new Error(stderr)
    return {...JSON.parse(stdout).visits[0], way: 'as-nobody'}
  },
}

const visits: Visit[] = []
for (const way of rest.slice(0, -1)) {
  const visit = ways[way]
  if (visit) visits.push(await visit())
}
const result = JSON.stringify({args: rest, visits})
if (file === '') process.stdout.write(result)
else {
  writeFileSync(`${file}.new`, result, {mode: 0o600})
  // The file appears as a whole or not at all.
  renameSync(`${file}.new`, file)
}

function ask(way: string, at: URL, options: {method?: string; headers?: Record<string, string>} = {}): Promise<Visit> {
  return new Promise((resolve, reject) => {
    request(at, options, ({statusCode = 0, headers}) => {
      const {location, ...others} = headers
      resolve({way, status: statusCode, location, headers: others})
    })
      .once('error', reject)
      .end()
  })
}
