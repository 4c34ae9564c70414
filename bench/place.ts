import {execFileSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {delimiter, dirname, join} from 'node:path'
import {root, type Sandbox, sandboxBin, startSandbox} from '../test/support/sandbox.ts'
import {type SessionBus, startSessionBus} from '../test/support/session-bus.ts'
import {plantBadPlugins} from './bad-plugins.ts'

type Variables = Readonly<Record<string, string>>

/** A machine on which aws-oidc is installed as users install it, with users on it. */
export interface Place {
  readonly node: string
  /** bin/run.js as installed by npm. */
  readonly run: string
  /** npm's link to `run`. */
  readonly linked: string
  readonly sandbox: Sandbox
  /** A second sandbox, whose STS is as slow as one on another continent. */
  slowSandbox(): Promise<Sandbox>
  readonly sizes: Sizes
  /** `undefined` where no keyring can be started. */
  readonly bus: SessionBus | undefined
  /** A user who is signed in, and whose AWS profiles call us. */
  user(name: string, has?: Belongings): Promise<User>
  /** A user with so many profiles of aws-cli-oidc, and a command that restores those after a migration. */
  formerUser(name: string, profiles: number): Pick<User, 'env'> & {readonly asBefore: readonly string[]}
  remove(): Promise<void>
}

/** In bytes. */
export interface Sizes {
  readonly tarball: number
  readonly installed: number
  /** The part of `installed` that is npm, a dependency of oclif's plugin for plugins. */
  readonly npm: number
}

export interface Belongings {
  readonly cache?: 'file' | 'keyring'
  /** How many profiles there are, including `developer`. */
  readonly profiles?: number
  /** The sandbox to sign in at. If given, the profiles use the provider directly, each with a role of its own. */
  readonly sandbox?: Sandbox
  readonly plugins?: number
  /** How many bad plugins there are, which the provider does not use. */
  readonly badPlugins?: number
  /** Whether there is a place for hot copies. */
  readonly memory?: boolean
}

export interface User {
  readonly env: Variables & {readonly HOME: string}
  readonly launcher: string
}

const creds = ['creds', '--profile', 'developer']

export async function makePlace(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'aws-oidc-bench-'))
  const memory = mkdtempSync('/dev/shm/aws-oidc-bench-')
  const {installation, tarball} = install(folder)
  const packages = join(installation, 'node_modules')
  const sizes = {tarball: sizeOf(tarball), installed: sizeOf(packages), npm: sizeOf(join(packages, 'npm'))}
  const run = join(installation, 'node_modules/aws-oidc/bin/run.js')
  const linked = join(installation, 'node_modules/.bin/aws-oidc')
  const sandbox = await startSandbox()
  let slow: Promise<Sandbox> | undefined
  const bus = await startBus()

  async function user(name: string, has: Belongings = {}): Promise<User> {
    const {cache = 'file', profiles = 1, plugins = 0, badPlugins = 0, memory: inMemory = true} = has
    const home = join(folder, name)
    const data = join(home, '.local/share/aws-oidc')
    mkdirSync(data, {recursive: true, mode: 0o700})
    mkdirSync(join(memory, name), {mode: 0o700})
    const config = join(home, 'config.yaml')
    const at = has.sandbox ?? sandbox
    writeFileSync(config, configuration(at, profiles, has.sandbox !== undefined), {mode: 0o600})
    plantPlugins(data, plugins)
    if (badPlugins > 0) plantBadPlugins(data, badPlugins)
    const env = {
      PATH: [dirname(process.execPath), dirname(linked), process.env.PATH].join(delimiter),
      HOME: home,
      ...(inMemory && {XDG_RUNTIME_DIR: join(memory, name)}),
      ...(bus && cache === 'keyring' && bus.env),
      AWS_OIDC_CACHE: cache,
      AWS_OIDC_CONFIG_FILE: config,
      AWS_OIDC_INTERACTIVE: 'always',
      AWS_OIDC_BROWSER: sandboxBin,
      AWS_ENDPOINT_URL_STS: at.sts,
    }
    const call = (...args: readonly string[]) =>
      execFileSync(process.execPath, [run, ...args], {env, stdio: ['ignore', 'pipe', 'pipe']})
    call('profiles', 'sync', 'developer', '--yes')
    // Age the files: what was written just now gets no hot copy.
    const before = new Date(Date.now() - 60_000)
    const inData = readdirSync(data, {recursive: true, encoding: 'utf8'}).map(name => join(data, name))
    for (const path of [config, dirname(config), data, ...inData]) utimesSync(path, before, before)
    for (let time = 0; time < 2; time++) call(...creds, '--browser')
    return {env, launcher: join(data, 'bin/aws-oidc')}
  }

  function formerUser(name: string, profiles: number) {
    const home = join(folder, name)
    for (const made of ['.aws', '.aws-cli-oidc', 'before']) mkdirSync(join(home, made), {recursive: true, mode: 0o700})
    writeFileSync(join(home, '.aws-cli-oidc/config.yaml'), formerProvider(sandbox))
    writeFileSync(join(home, 'before/config'), formerProfiles(profiles))
    const env = {PATH: dirname(process.execPath), HOME: home, AWS_OIDC_CACHE: 'file'}
    const putBack = 'rm -rf "$HOME/.config" "$HOME/.aws" && cp -R "$HOME/before" "$HOME/.aws"'
    return {env, asBefore: ['/bin/sh', '-c', `PATH=/bin:/usr/bin; ${putBack}`]}
  }

  return {
    node: process.execPath,
    run,
    linked,
    sandbox,
    slowSandbox() {
      slow ??= startSlowSandbox()
      return slow
    },
    sizes,
    bus,
    user,
    formerUser,
    async remove() {
      await bus?.stop()
      await sandbox.stop()
      await (await slow)?.stop()
      for (const made of [folder, memory]) rmSync(made, {recursive: true, force: true})
    },
  }
}

/** Packs the package as for publishing, and installs it as users do. */
function install(folder: string): {readonly installation: string; readonly tarball: string} {
  const npm = (args: readonly string[], cwd: string) =>
    execFileSync('npm', [...args, '--loglevel=error'], {cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit']})
  const [{filename}] = JSON.parse(npm(['pack', '--json', '--pack-destination', folder], root))
  const installation = join(folder, 'installation')
  mkdirSync(installation)
  writeFileSync(join(installation, 'package.json'), '{"private": true}')
  npm(['install', '--omit=dev', '--no-audit', '--no-fund', join(folder, filename)], installation)
  return {installation, tarball: join(folder, filename)}
}

function sizeOf(path: string): number {
  if (!statSync(path).isDirectory()) return statSync(path).size
  const entries = readdirSync(path, {withFileTypes: true, recursive: true}).filter(entry => entry.isFile())
  return entries.reduce((sum, {parentPath, name}) => sum + statSync(join(parentPath, name)).size, 0)
}

async function startBus(): Promise<SessionBus | undefined> {
  try {
    execFileSync('gnome-keyring-daemon', ['--version'])
    execFileSync('dbus-daemon', ['--version'])
  } catch {
    return undefined
  }
  const bus = await startSessionBus()
  await bus.startKeyring('password of the keyring')
  return bus
}

async function startSlowSandbox(): Promise<Sandbox> {
  const sandbox = await startSandbox()
  await sandbox.fault({on: 'sts', delayMs: 300})
  return sandbox
}

function configuration({issuer, clientId}: Sandbox, profiles: number, federated: boolean): string {
  const role = (name: string) => `'arn:aws:iam::123456789012:role/${name}'`
  const from = federated ? 'provider: sandbox' : 'source: developer'
  const more = Array.from(
    {length: profiles - 1},
    (_, at) => `  profile-${at}: {${from}, role: ${role(`role-${at}`)}}\n`,
  )
  return `providers:
  sandbox: {strategy: oidc, issuer: '${issuer}', clientId: ${clientId}}
profiles:
  developer: {provider: sandbox, role: ${role('developer')}, region: us-east-1}
${more.join('')}`
}

/** The files of aws-cli-oidc and of the AWS tools, as its own setup leaves them. */
function formerProvider({issuer, clientId}: Sandbox): string {
  const metadata = `${issuer}/.well-known/openid-configuration`
  return `corp:\n  aws_federation_type: oidc\n  client_id: ${clientId}\n  oidc_provider_metadata_url: ${metadata}\n`
}

function formerProfiles(count: number): string {
  const call = (at: number) => `aws-cli-oidc get-cred -p corp -r arn:aws:iam::123456789012:role/role-${at} -j -s`
  return Array.from({length: count}, (_, at) => `[profile former-${at}]\ncredential_process = ${call(at)}\n`).join('')
}

/** Creates plugins as npm would install them, without running npm. */
function plantPlugins(data: string, count: number): void {
  const names = Array.from({length: count}, (_, at) => `aws-oidc-plugin-${at}`)
  for (const name of names) {
    const folder = join(data, 'node_modules', name)
    mkdirSync(folder, {recursive: true})
    const strategies = {apiVersion: 1, strategies: [name.replaceAll('aws-oidc-', '')]}
    const hooks = {hooks: {'aws-oidc:strategies': './strategies.js'}}
    const manifest = {name, version: '1.0.0', type: 'module', 'aws-oidc': strategies, oclif: hooks}
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
    writeFileSync(join(folder, 'oclif.manifest.json'), JSON.stringify({version: '1.0.0', commands: {}}))
    writeFileSync(join(folder, 'strategies.js'), 'export default async () => ({})\n')
  }
  if (count === 0) return
  const plugins = names.map(name => ({name, type: 'user', tag: 'latest'}))
  writeFileSync(join(data, 'package.json'), JSON.stringify({private: true, oclif: {schema: 1, plugins}}))
}
