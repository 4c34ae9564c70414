import {execFile} from 'node:child_process'
import {createRequire} from 'node:module'
import {dirname, join} from 'node:path'
import {AwsOidcError, printable} from '../../errors.ts'
import {parseObject, readObject} from '../../text/json.ts'
import {ownerInsteadOfRoot} from '../files/other-users.ts'
import {readOwnFile} from '../files/read-file.ts'

/** The npm that comes with oclif's plugin for plugins, whatever npm this machine has. */
export interface Npm {
  /**
   * Runs npm in a folder and returns the JSON that it prints. Install scripts never run. Rejects with USAGE for a
   * package that doesn't exist, else with npm's own reason, mostly as UNAVAILABLE.
   */
  run(args: readonly string[], folder: string, options: NpmOptions): Promise<unknown>
}

export interface NpmOptions {
  /** Replaces the registry of the user's npm configuration. */
  readonly registry: string | undefined
  readonly signal: AbortSignal
  /** The hint if the registry has no such package. */
  readonly ifAbsent?: string | undefined
}

// The time that a git server or a large package may take; a registry that answers at all is much faster.
const limitMilliseconds = 5 * 60_000
const unwritable = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM']
const unreachable = ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']
// Without a network, npm would retry for over a minute.
const limits = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000']

export const systemNpm: Npm = {
  async run([command = '', ...args], folder, {registry, signal, ifAbsent}) {
    const all = [
      ...[npmProgram(), command, '--json', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=silent'],
      ...limits,
      ...(registry ? [`--registry=${registry}`] : []),
      ...args,
    ]
    const {failed, stdout} = await output(all, folder, signal)
    if (!failed) return readAnswer(stdout, command)
    signal.throwIfAborted()
    throw refusal(readObject(parseObject(stdout).error), args.at(-1) ?? folder, {
      folder,
      registry,
      ifAbsent,
      cause: failed,
    })
  },
}

function readAnswer(stdout: string, command: string): unknown {
  if (stdout.trim() === '') return undefined
  try {
    return JSON.parse(stdout)
  } catch (error) {
    throw new AwsOidcError('BAD_RESPONSE', `npm ${command} did not print JSON.`, {
      hint: 'npm config list (a script or setting of npm may print by itself)',
      cause: error,
    })
  }
}

/** Runs npm as the owner of the folder: otherwise it would leave files of root there and in the owner's npm cache. */
async function output(
  args: readonly string[],
  cwd: string,
  signal: AbortSignal,
): Promise<{readonly failed: Error | null; readonly stdout: string}> {
  const user = await ownerInsteadOfRoot(cwd)
  const limits = {signal, timeout: limitMilliseconds, maxBuffer: 64 * 1024 * 1024}
  const options = {cwd, ...user, ...limits, windowsHide: true}
  return new Promise(resolve => {
    const child = execFile(process.execPath, [...args], options, (failed, stdout) => resolve({failed, stdout}))
    // git might ask for a password.
    child.stdin?.end()
  })
}

function npmProgram(): string {
  const folder = dirname(
    createRequire(createRequire(import.meta.url).resolve('@oclif/plugin-plugins')).resolve('npm/package.json'),
  )
  const {npm} = readObject(parseObject(readOwnFile(join(folder, 'package.json')).toString()).bin)
  return join(folder, typeof npm === 'string' ? npm : 'bin/npm-cli.js')
}

function refusal(
  {code, summary}: Readonly<Record<string, unknown>>,
  what: string,
  {folder, registry, ifAbsent, cause}: Omit<NpmOptions, 'signal'> & {readonly folder: string; readonly cause: Error},
): AwsOidcError {
  if (code === 'E404' || code === 'ETARGET' || code === 'ENOENT' || code === 'EINVALIDPACKAGENAME') {
    const look = what.startsWith('file:') ? `ls -l ${what.slice('file:'.length)}` : `npm view ${what}`
    const hint = (code === 'E404' && ifAbsent) || look
    return new AwsOidcError('USAGE', `There is no package ${printable(what)}.`, {hint: printable(hint), cause})
  }
  if (typeof code === 'string' && unwritable.includes(code)) {
    return new AwsOidcError('OUTPUT_FAILED', `npm can't write its files: ${code}. Nothing was changed.`, {
      hint: `df ${folder}; npm config get cache`,
      cause,
    })
  }
  if (typeof code === 'string' && unreachable.includes(code)) {
    const place = registry ? `the registry ${printable(registry)}` : 'its registry'
    return new AwsOidcError(
      'UNAVAILABLE',
      `npm could not get ${printable(what)}: ${place} can't be reached (${code}).`,
      {
        hint: registry ? 'Check the network, VPN, proxy, and AWS_OIDC_NPM_REGISTRY.' : 'npm ping',
        cause,
      },
    )
  }
  const reason = printable(typeof summary === 'string' ? summary : cause.message).replace(/\.$/, '')
  return new AwsOidcError('UNAVAILABLE', `npm could not get ${printable(what)}: ${reason}.`, {
    hint: 'npm config get registry (AWS_OIDC_NPM_REGISTRY names another registry)',
    cause,
  })
}
