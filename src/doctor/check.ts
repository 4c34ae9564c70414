import type {Configuration, ProviderConfiguration} from '../config/schema.ts'
import type {SyncDependencies} from '../credentials/dependencies.ts'
import type {AwsOidcError} from '../errors.ts'
import type {Severity} from '../formats/doctor-report.ts'
import type {Outside} from '../outside/outside.ts'
import type {Inspection} from '../outside/processes/inspection.ts'
import type {InstalledPackage} from '../registry/registry.ts'

/** One thing to look at. A failure becomes a finding and stops no other check. */
export interface Check {
  readonly area: string
  /** What it looks at, for messages. */
  readonly name: string
  look(context: CheckContext): Promise<Looked>
}

export interface Looked {
  readonly findings: readonly Finding[]
  /** What is as it should be, one short line each. */
  readonly fine: readonly string[]
}

export interface Finding {
  readonly id: string
  readonly severity: Severity
  readonly what: string
  readonly mend?: string | undefined
  readonly details?: readonly string[]
  /** Mends it and resolves with what was done. Only for what can do no harm: nothing of the user's is removed. */
  readonly fix?: (() => Promise<string>) | undefined
}

/** This machine and our configuration, as far as it can be read. */
export interface CheckContext {
  /**
   * Made of the configuration, or of an empty one if that can't be used. They ask nobody, run no program of the
   * configuration and touch no cache.
   */
  readonly deps: SyncDependencies
  /** `undefined` if it can't be used. */
  readonly configuration: Configuration | undefined
  /** Why the configuration can't be used. */
  readonly problem: AwsOidcError | undefined
  readonly providers: readonly ProviderConfiguration[]
  readonly profiles: readonly string[]
  /** Whether servers may be asked. */
  readonly network: boolean
  /** Aborted when all checks have ended, or on Ctrl-C. */
  readonly signal: AbortSignal
  readonly outside: Outside
  readonly inspection: Inspection
  readonly own: InstalledPackage
  readonly dataFolder: string
  /** The warnings about TLS files that were read so far. */
  readonly saidOfTls: ReadonlySet<string>
  /** The proxy for an address, and the variable that names it. Throws CONFIG_INVALID. */
  readonly proxyFor: (url: URL) => {readonly host: string; readonly variable: string} | undefined
  /** What is wrong with a file of certificate authorities; `undefined` where nothing is. */
  readonly problemOfAuthorities: (path: string) => Promise<string | undefined>
}

export function found(...findings: readonly Finding[]): Looked {
  return {findings, fine: []}
}

export function fine(...lines: readonly string[]): Looked {
  return {findings: [], fine: lines}
}

/** The findings if there are any, else what is fine. */
export function either(findings: readonly Finding[], ...lines: readonly string[]): Looked {
  return findings.length > 0 ? found(...findings) : fine(...lines)
}

/** A finding from an expected failure. */
export function failed(id: string, severity: Severity, {message, hint}: AwsOidcError): Finding {
  return {id, severity, what: message, mend: hint}
}

/** The first names of many, for a sentence, and how many more there are. */
export function listed(names: readonly string[], most = 3): string {
  const more = names.length - most
  return names.slice(0, most).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
