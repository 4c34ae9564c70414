import {Command, Flags, type Interfaces} from '@oclif/core'
import {doubtOfRegion} from '../../config/region.ts'
import type {CheckContext} from '../../doctor/check.ts'
import {AwsOidcError, exitCodeOf, expectedFailure} from '../../errors.ts'
import {failureDocument, tryLines} from '../../formats/failure.ts'
import {when} from '../../formats/when.ts'
import {type Outside, realOutside} from '../../outside/outside.ts'
import {columnsOf, complain, complainAloud, prose, writeResult} from '../../outside/terminal/output.ts'
import type {InstallDependencies} from '../../registry/install.ts'
import type {Pinning} from '../../settings/pin.ts'
import {tableLines} from '../../terminal/table.ts'
import {jsonText, type Line, onScreen, type Printable} from '../../text/printable.ts'
import type {Choices} from '../../wiring/asking.ts'
import {meant} from '../../wiring/slips.ts'
import {type Installation, type Wired, wire} from '../../wiring/wire.ts'

/** Flags of every command of ours. */
const baseFlags = {
  'no-interactive': Flags.boolean({description: 'never ask you anything', helpGroup: 'GLOBAL'}),
  debug: Flags.boolean({description: 'show on stderr what aws-oidc does', helpGroup: 'GLOBAL'}),
}

export const profileFlag = Flags.string({
  char: 'p',
  description: 'aws-oidc profile (default: AWS_OIDC_PROFILE, AWS_PROFILE, "default", the only one)',
  helpValue: 'NAME',
})

/** How to sign in, for commands that may ask the user to. */
export const flowFlags = {
  browser: Flags.boolean({
    description: 'sign in with a browser, or only show the address to open (--no-browser)',
    allowNo: true,
  }),
  device: Flags.boolean({description: 'sign in with a code that you enter in a browser anywhere'}),
}

interface GlobalFlags {
  readonly 'no-interactive': boolean
  readonly debug: boolean
  readonly region?: string | undefined
}

/** What our commands share: dependencies, the result on stdout, and the one place that turns errors into exit codes. */
export abstract class AwsOidcCommand extends Command {
  static override baseFlags = baseFlags
  /**
   * For completion, which reads it from oclif.manifest.json: which values (src/completion/values.ts) a flag or an
   * argument takes, unless its name says it, and under `--` what follows a `--`.
   */
  static completions: Readonly<Record<string, string>> = {}
  /** Whether AWS tools start this command. Some of them show nobody its stderr. */
  protected readonly startedByTools: boolean = false
  #outside: Outside | undefined
  #exitCode = 0

  protected get outside(): Outside {
    this.#outside ??= realOutside()
    return this.#outside
  }

  private get installation(): Installation {
    const {name, root, pjson, dataDir} = this.config
    return {own: {name, root, manifest: {...pjson}}, dataFolder: dataDir}
  }

  /** The dependencies of the use cases. */
  protected async wire(flags: GlobalFlags, choices: Partial<Choices> = {}): Promise<Wired> {
    const doubt = flags.region && doubtOfRegion(flags.region)
    if (doubt) this.outside.terminal.say(`Warning: ${doubt}`)
    return wire(this.outside, this.installation, choicesOf(flags, choices))
  }

  /** The context of doctor's checks, made even if the configuration is broken. */
  protected async context(flags: GlobalFlags): Promise<CheckContext> {
    const {checkContextOf} = await import('../../wiring/doctor.ts')
    return checkContextOf(this.outside, this.installation, choicesOf(flags))
  }

  /** The dependencies for changing plugins. `unread` skips the configuration, which a plugin may have broken. */
  protected async installDependencies(
    flags: GlobalFlags,
    how: {readonly unread: boolean},
  ): Promise<InstallDependencies> {
    const {installDependenciesFor} = await import('../../wiring/plugins.ts')
    return installDependenciesFor(this.outside, this.installation, {...choicesOf(flags), ...how})
  }

  /** How to pin plugins in the configuration. */
  protected async pinning(deps: InstallDependencies): Promise<Pinning> {
    return (await import('../../wiring/plugins.ts')).pinningOf(this.outside, deps)
  }

  /** The profile named with `-p` or by a variable, if any. */
  protected profileOf(flag: string | undefined): string | undefined {
    const {env, awsProfile} = this.outside
    return flag ?? (env.AWS_OIDC_PROFILE || awsProfile || undefined)
  }

  /** The profile that is named, else "default" or the only one. Rejects with CONFIG_INVALID if it could be several. */
  protected async intendedProfile(flag: string | undefined, {configuration}: Wired['deps']): Promise<string> {
    const {intendedProfile} = await import('../../credentials/target.ts')
    return intendedProfile(this.profileOf(flag), configuration)
  }

  /** Writes the whole result to stdout. Exits with code 1 if its reader has gone. */
  protected hand(text: string): void {
    this.#outside?.terminal.waitingFor(undefined)
    if (writeResult(text) === 'reader-gone') this.exit(1)
  }

  /** Ends as the child program did: with its exit code, or by SIGINT. */
  protected endLike({exitCode, signal}: {readonly exitCode: number; readonly signal: string | undefined}): never {
    if (signal === 'SIGINT') return this.outside.processes.endByInterrupt()
    return this.exit(exitCode)
  }

  /** Ends with a failure after a part of the result was written: that is not followed by a second document. */
  protected endWith(failure: unknown): never {
    const known = expectedFailure(failure)
    if (!known || !this.jsonEnabled()) throw failure
    complain(prose(shortened(failureText(known)), 2))
    return this.exit(exitCodeOf(known.code))
  }

  /** A result for people, or for programs with `--json`. */
  protected report(json: object, lines: readonly Line[]): void {
    this.hand(this.jsonEnabled() ? jsonText(json, {withSecrets: false}) : prose(onScreen([...lines, '']), 1))
  }

  /** A result for programs that holds the secret it was asked for. */
  protected handJson(json: object): void {
    this.hand(jsonText(json, {withSecrets: true}))
  }

  /** Whether a result for people may have colours (https://no-color.org). */
  protected get colours(): boolean {
    return process.stdout.isTTY === true && process.env.TERM !== 'dumb' && !process.env.NO_COLOR
  }

  /** A future or past time, as people read it. */
  protected when(time: Date): string {
    return when(time, this.outside.clock.now())
  }

  /** Rows in aligned columns, as wide as the terminal. */
  protected table(rows: readonly (readonly string[])[]): readonly string[] {
    return tableLines(rows, columnsOf(1) ?? 120)
  }

  /** Names and values in columns; each pair stays on one line if stdout is no terminal. */
  protected list(rows: readonly (readonly string[])[]): readonly string[] {
    return tableLines(rows, columnsOf(1) ?? 10_000)
  }

  /** Everything is written by now, so don't wait for abandoned work that hangs. */
  protected override async finally(error: Interfaces.CommandError | undefined): Promise<void> {
    const exitCode = error && isOclifExit(error) ? (error.oclif?.exit ?? 1) : this.#exitCode
    this.#outside?.plugins.lift(exitCode)
    await super.finally(error)
    if (this.#outside?.processes.abandoned()) this.#outside.processes.end(exitCode)
  }

  private get typable() {
    const {flags, args, enableJsonFlag} = this.ctor
    const json = enableJsonFlag ? {json: Flags.boolean()} : {}
    return {flags: {...baseFlags, ...json, ...flags}, args}
  }

  protected override async catch(error: Interfaces.CommandError): Promise<void> {
    if (isOclifExit(error)) throw error
    this.#outside?.terminal.waitingFor(undefined)
    const failure = presentable(error, this.id, meant(error, this.argv, this.typable))
    const exitCode = failure ? exitCodeOf(failure.code) : 1
    this.#exitCode = exitCode
    const document = {error: failure ? failureDocument(failure) : {code: 'BUG', message: error.message, exitCode}}
    if (this.jsonEnabled() && isTold(jsonText(document, {withSecrets: false}))) this.exit(exitCode)
    if (failure?.code !== 'INTERRUPTED' && failure?.code !== 'TERMINATED') {
      const message = prose(shortened(failure ? failureText(failure) : bugText(error)), 2)
      if (this.startedByTools) complainAloud(message)
      else complain(message)
    }
    this.exit(exitCode)
  }
}

function choicesOf(flags: GlobalFlags, choices: Partial<Choices> = {}): Choices {
  return {
    interactive: flags['no-interactive'] ? 'never' : undefined,
    debug: flags.debug,
    browser: undefined,
    device: false,
    login: false,
    ...choices,
  }
}

// With the limit of earlier output this stays below the 64 KiB that a pipe holds while nobody reads it.
const failureLimit = 4_000

/** Cuts the middle out of a long text: the hint comes last, and is worth more than the end of a reason. */
function shortened(lines: readonly Line[]): Printable {
  const text = onScreen([...lines, ''])
  if (text.length <= failureLimit) return text
  const [start, end] = [text.slice(0, failureLimit / 2), text.slice(-failureLimit / 2)]
  return onScreen(`${start} … ${end}`.split('\n'))
}

/** Whether stdout took the error document. If not, the error goes to stderr. */
function isTold(document: string): boolean {
  try {
    writeResult(document)
    return true
  } catch {
    return false
  }
}

function failureText({message, hint}: AwsOidcError): readonly Line[] {
  return [...`Error: ${message}`.split('\n'), ...tryLines(hint)]
}

/** Splits only the places of the stack into lines: the message, with which it begins, may quote anything. */
function bugText({message, stack = message}: Error): readonly Line[] {
  const [before = '', ...behind] = stack.split(message)
  const places = message === '' ? stack : behind.join(message)
  return [`This is a bug in aws-oidc: ${message === '' ? '' : before}${message}`, ...places.split('\n').filter(Boolean)]
}

/** Expected failures, and oclif's complaints about what was typed, with what was meant; `undefined` for a bug. */
function presentable(
  error: Interfaces.CommandError,
  id: string | undefined,
  instead = '--help',
): AwsOidcError | undefined {
  const known = expectedFailure(error)
  if (!known && error.oclif?.exit === undefined) return undefined
  const {code, hint} = known ?? {code: 'USAGE' as const, hint: `aws-oidc ${id?.replaceAll(':', ' ') ?? ''} ${instead}`}
  return new AwsOidcError(code, withoutFrame(error.message).split('\n'), {hint: hint?.split('\n')})
}

/** Removes what oclif puts around a flag's complaint: "Parsing --flag" and "See more help". */
function withoutFrame(message: string): string {
  return message.replace(/^Parsing --[\w-]+ *\n\t/, '').replace(/\nSee more help with --help$/, '')
}

function isOclifExit(error: Interfaces.CommandError): boolean {
  return 'code' in error && error.code === 'EEXIT'
}
