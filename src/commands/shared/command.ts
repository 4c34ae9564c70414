import {Command, Flags, type Interfaces} from '@oclif/core'
import {doubtOfRegion} from '../../config/region.ts'
import type {CheckContext} from '../../doctor/check.ts'
import {AwsOidcError, exitCodeOf, expectedFailure} from '../../errors.ts'
import {failureDocument, tryLines} from '../../formats/failure.ts'
import {when} from '../../formats/when.ts'
import {type Outside, realOutside} from '../../outside/outside.ts'
import {columnsOf, complain, complainAloud, prose, writeResult} from '../../outside/terminal/output.ts'
import type {InstallDependencies} from '../../registry/install.ts'
import {tableLines} from '../../terminal/table.ts'
import {jsonText, type Line, onScreen, type Printable} from '../../text/printable.ts'
import type {Choices} from '../../wiring/asking.ts'
import {meant} from '../../wiring/slips.ts'
import {type Installation, type Wired, wire} from '../../wiring/wire.ts'

/** Flags of every command of ours. */
const baseFlags = {
  'no-interactive': Flags.boolean({description: 'never ask anybody', helpGroup: 'GLOBAL'}),
  debug: Flags.boolean({description: 'say on stderr what is done', helpGroup: 'GLOBAL'}),
}

export const profileFlag = Flags.string({
  char: 'p',
  description: 'profile of our configuration (default: AWS_OIDC_PROFILE, AWS_PROFILE, "default", the only one)',
  helpValue: 'NAME',
})

/** How to sign in, for commands that may ask a person. */
export const flowFlags = {
  browser: Flags.boolean({
    description: 'sign in with a browser, or only show the address for one (--no-browser)',
    allowNo: true,
  }),
  device: Flags.boolean({description: 'sign in with a code, entered in a browser anywhere'}),
}

interface GlobalFlags {
  readonly 'no-interactive': boolean
  readonly debug: boolean
  readonly region?: string | undefined
}

/** What our commands share: the parts of the world, the result on stdout, and the one place that turns an error into an ending. */
export abstract class AwsOidcCommand extends Command {
  static override baseFlags = baseFlags
  /**
   * For completion: what values a flag or an argument takes (src/completion/values.ts), where its name does not say it,
   * and under `--` what stands behind that. It is read from oclif.manifest.json.
   */
  static completions: Readonly<Record<string, string>> = {}
  /** Whether AWS tools start it, some of which show nobody what it says on stderr. */
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

  /** What the use cases work with, wired to the world. */
  protected async wire(flags: GlobalFlags, choices: Partial<Choices> = {}): Promise<Wired> {
    const doubt = flags.region && doubtOfRegion(flags.region)
    if (doubt) this.outside.terminal.say(`Warning: ${doubt}`)
    return wire(this.outside, this.installation, choicesOf(flags, choices))
  }

  /** What `doctor` looks at, whatever is wrong. */
  protected async context(flags: GlobalFlags): Promise<CheckContext> {
    const {checkContextOf} = await import('../../wiring/doctor.ts')
    return checkContextOf(this.outside, this.installation, choicesOf(flags))
  }

  /** What changes the plugins. Where they are to be removed, the configuration is not read: it may be broken by one. */
  protected async installParts(flags: GlobalFlags, how: {readonly unread: boolean}): Promise<InstallDependencies> {
    const {installPartsFor} = await import('../../wiring/plugins.ts')
    return installPartsFor(this.outside, this.installation, {...choicesOf(flags), ...how})
  }

  /** The profile that was said, with `-p` or by a variable. */
  protected profileOf(flag: string | undefined): string | undefined {
    const {env, awsProfile} = this.outside
    return flag ?? (env.AWS_OIDC_PROFILE || awsProfile || undefined)
  }

  /** The profile that a person means, who may leave it out. */
  protected async intendedProfile(flag: string | undefined, {configuration}: Wired['parts']): Promise<string> {
    const {intendedProfile} = await import('../../credentials/target.ts')
    return intendedProfile(this.profileOf(flag), configuration)
  }

  /** Writes the result, whole, to stdout; ends with exit code 1 where its reader has gone. */
  protected hand(text: string): void {
    this.#outside?.terminal.waitingFor(undefined)
    if (writeResult(text) === 'reader-gone') this.exit(1)
  }

  /** Ends as that program did. */
  protected endLike({exitCode, signal}: {readonly exitCode: number; readonly signal: string | undefined}): never {
    if (signal === 'SIGINT') return this.outside.processes.endByInterrupt()
    return this.exit(exitCode)
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

  /** A time to come or gone by, as people read it. */
  protected when(time: Date): string {
    return when(time, this.outside.clock.now())
  }

  /** Rows in aligned columns, as wide as the terminal. */
  protected table(rows: readonly (readonly string[])[]): readonly string[] {
    return tableLines(rows, columnsOf(1) ?? 120)
  }

  /** Names and values, which stand in one line each where nobody reads them on a terminal. */
  protected list(rows: readonly (readonly string[])[]): readonly string[] {
    return tableLines(rows, columnsOf(1) ?? 10_000)
  }

  /** Everything is written by now; where something hangs, nobody waits for it. */
  protected override async finally(error: Interfaces.CommandError | undefined): Promise<void> {
    this.#outside?.plugins.lift()
    await super.finally(error)
    const exitCode = error && isOclifExit(error) ? (error.oclif?.exit ?? 1) : this.#exitCode
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
      const told = prose(shortened(failure ? failureText(failure) : bugText(error)), 2)
      if (this.startedByTools) complainAloud(told)
      else complain(told)
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

// With the limit of what was said before it stays below the 64 KiB of a pipe that nobody reads.
const failureLimit = 4_000

/** The hint, which comes last, is worth more than the end of an endless reason. */
function shortened(lines: readonly Line[]): Printable {
  const text = onScreen([...lines, ''])
  if (text.length <= failureLimit) return text
  const [start, end] = [text.slice(0, failureLimit / 2), text.slice(-failureLimit / 2)]
  return onScreen(`${start} … ${end}`.split('\n'))
}

/** Where stdout takes nothing, not even the news of that, there is still stderr. */
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

/** The stack begins with the message, which may quote anything. */
function bugText({message, stack = message}: Error): readonly Line[] {
  const [before = '', ...behind] = stack.split(message)
  const places = message === '' ? stack : behind.join(message)
  return [`This is a bug in aws-oidc: ${message === '' ? '' : before}${message}`, ...places.split('\n').filter(Boolean)]
}

/** Expected failures, and oclif's own complaints about what was typed, perhaps with what was meant. */
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

/** oclif puts "Parsing --flag" before and "See more help" behind what a flag complains of. */
function withoutFrame(message: string): string {
  return message.replace(/^Parsing --[\w-]+ *\n\t/, '').replace(/\nSee more help with --help$/, '')
}

function isOclifExit(error: Interfaces.CommandError): boolean {
  return 'code' in error && error.code === 'EEXIT'
}
