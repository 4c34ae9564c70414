import {spawn} from 'node:child_process'
import {once} from 'node:events'
import type {Home, Running} from './home.ts'
import {sandboxBin} from './sandbox.ts'

/** A sign-in that waits for the user: it has shown its address and opened no browser. */
export interface WaitingSignIn extends Running {
  /** The authorization request, as shown. */
  readonly address: URL
  /** The address that the browser will be redirected to. */
  readonly redirect: URL
  readonly state: string
}

/** Starts a command and waits until it shows the address to sign in at. */
export async function waitForAddress(
  home: Home,
  args: readonly string[] = ['creds', '--profile', 'developer', '--no-browser'],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<WaitingSignIn> {
  const running = home.start(args, env)
  const address = await shownAddress(running)
  const {searchParams} = address
  return {
    ...running,
    address,
    redirect: new URL(searchParams.get('redirect_uri') ?? ''),
    state: searchParams.get('state') ?? '',
  }
}

function shownAddress({child, ended}: Running): Promise<URL> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr?.on('data', (text: string) => {
      said += text
      const [, address] = /^ {2}(https?:\S+)\n/m.exec(said) ?? []
      if (address) resolve(new URL(address))
    })
    ended.then(({exitCode}) => reject(new Error(`no address was shown; exit code ${exitCode}: ${said}`)))
  })
}

/** The sandbox's scripted browser as a setting, with a proxy and authorities of its own, as browsers have them. */
export function browserWith(variables: Readonly<Record<string, string>>): readonly string[] {
  const script = `
    const [variables, ...args] = process.argv.slice(1)
    const {status} = require('child_process').spawnSync(process.execPath, args, {
      stdio: 'inherit', env: {...process.env, ...JSON.parse(variables)},
    })
    process.exitCode = status ?? 1`
  return [process.execPath, '-e', script, JSON.stringify(variables), sandboxBin, 'browse']
}

/** Signs in at a shown address with the sandbox's scripted browser, including the redirect to our listener. */
export async function browse(address: URL, user = 'alice'): Promise<void> {
  const child = spawn(process.execPath, [sandboxBin, 'browse', address.href], {
    env: {...process.env, SANDBOX_USER: user},
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`the scripted browser ended with ${code}`)
}

/** Signs in as alice, and returns the redirect without following it. */
export async function redirectAfterSignIn(address: URL): Promise<URL> {
  const cookies = new Map<string, string>()
  async function visit(url: URL, form?: URLSearchParams): Promise<Response> {
    const cookie = [...cookies].map(pair => pair.join('=')).join('; ')
    const response = await fetch(url, {
      headers: {cookie},
      redirect: 'manual',
      ...(form && {method: 'POST', body: form}),
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (name) cookies.set(name, value ?? '')
    }
    return response
  }
  let url = address
  let response = await visit(url)
  for (let step = 0; step < 10; step++) {
    const location = response.headers.get('location')
    if (location === null) {
      const form = new URLSearchParams({decision: 'sign-in', username: 'alice', password: 'alice-password'})
      response = await visit(url, form)
      continue
    }
    url = new URL(location, url)
    if (url.origin !== address.origin) return url
    response = await visit(url)
  }
  throw new Error('the provider never redirected back')
}

/** A copy of the address with one change. */
export function changed(url: URL, change: (url: URL) => void): URL {
  const copy = new URL(url)
  change(copy)
  return copy
}
