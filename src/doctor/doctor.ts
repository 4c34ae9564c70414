import {chainOf, findProfile, findProvider} from '../credentials/plan.ts'
import {AwsOidcError, expectedFailure, printable} from '../errors.ts'
import type {DoctorReport, ReportedFinding} from '../formats/doctor-report.ts'
import type {Clock} from '../outside/system/clock.ts'
import type {Check, CheckContext, Finding, Looked} from './check.ts'
import {checksFor} from './checks.ts'

export interface DoctorRequest {
  readonly provider: string | undefined
  readonly profile: string | undefined
  /** Whether to mend what can be mended without harm. */
  readonly fix: boolean
  /** Whether servers may be asked. */
  readonly network: boolean
}

/** Longer than we wait for any single request that has a chance. */
const limitMilliseconds = 12_000

/** Runs all checks at the same time, and changes nothing unless `fix` is set. */
export async function examine(request: DoctorRequest, whole: CheckContext): Promise<DoctorReport> {
  const over = new AbortController()
  const {deps} = whole
  const signal = AbortSignal.any([deps.signal, over.signal])
  const context = {...whole, ...scopeOf(request, whole), network: request.network, signal}
  try {
    const checks = checksFor(context)
    const looked = await Promise.all(
      checks.map(async check => {
        const {findings, fine} = await lookWithin({name: check.name, look: () => check.look(context)}, deps)
        return {area: check.area, findings, fine}
      }),
    )
    const findings: ReportedFinding[] = []
    // Fixes run one after the other: two of them may mend the same file.
    for (const {area, findings: found} of looked) {
      for (const finding of found) findings.push(await reported(area, finding, request.fix, context))
    }
    return {
      healthy: findings.every(({severity, fixed}) => severity === 'note' || fixed !== undefined),
      areas: [...new Set(checks.map(({area}) => area))],
      findings,
      fine: looked.flatMap(({area, fine}) => fine.map(what => ({area, what: deps.secrets.mask(what)}))),
    }
  } finally {
    // Stops what a check that took too long has left running.
    over.abort(new AwsOidcError('TIMED_OUT', 'All checks have finished.'))
  }
}

/** The providers and profiles that are meant. Throws CONFIG_INVALID for an unknown one. */
function scopeOf(
  {provider, profile}: DoctorRequest,
  {configuration}: CheckContext,
): Pick<CheckContext, 'providers' | 'profiles'> {
  if (!configuration?.found) return {providers: [], profiles: []}
  const all = Object.values(configuration.profiles)
  const chain = (name: string) => chainOf(findProfile(name, configuration), configuration)
  const providersOf = (name: string) => chain(name).flatMap(({providers}) => providers)
  if (profile !== undefined) {
    const providers = providersOf(profile).map(name => findProvider(name, configuration))
    return {providers, profiles: chain(profile).map(({name}) => name)}
  }
  if (provider === undefined) {
    return {providers: Object.values(configuration.providers), profiles: all.map(({name}) => name)}
  }
  const meant = findProvider(provider, configuration)
  const users = all.filter(({name}) => providersOf(name).includes(meant.name))
  return {providers: [meant], profiles: users.map(({name}) => name)}
}

/** Runs a check. If it fails or takes more than 12 seconds, that is a finding. */
export async function lookWithin(
  {name, look}: Pick<Check, 'name'> & {readonly look: () => Promise<Looked>},
  {
    clock,
    log,
    signal,
    secrets,
  }: Pick<CheckContext['deps'], 'log' | 'signal' | 'secrets'> & {readonly clock: Pick<Clock, 'limit'>},
): Promise<Looked> {
  const late = new AwsOidcError('TIMED_OUT', `A check took longer than ${limitMilliseconds / 1000} s: ${name}.`)
  const limit = clock.limit(limitMilliseconds, late, signal)
  try {
    return await Promise.race([look(), rejectionOf(limit.signal)])
  } catch (error) {
    signal.throwIfAborted()
    if (error === late)
      return {
        fine: [],
        findings: [{id: 'check.late', severity: 'warning', what: late.message, mend: 'aws-oidc doctor --debug'}],
      }
    if (error instanceof Error) log.debug(error.stack ?? error.message)
    const reason = secrets.mask(error instanceof Error ? error.message : String(error))
    const what = `A check failed: ${name}: ${printable(reason).replace(/\.$/, '')}.`
    const mend = expectedFailure(error)?.hint ?? 'aws-oidc doctor --debug'
    return {fine: [], findings: [{id: 'check.crashed', severity: 'warning', what, mend}]}
  } finally {
    limit.cancel()
  }
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), {once: true})
  })
}

async function reported(
  area: string,
  {id, severity, what, mend, details, fix}: Finding,
  wanted: boolean,
  {deps: {secrets, signal}}: CheckContext,
): Promise<ReportedFinding> {
  const told = {
    ...{id, severity, area, what: secrets.mask(what)},
    ...(mend !== undefined && {mend: secrets.mask(mend)}),
    ...(details && {details: details.map(line => secrets.mask(line))}),
    fixable: fix !== undefined,
  }
  if (!wanted || !fix) return told
  try {
    return {...told, fixed: await fix()}
  } catch (error) {
    signal.throwIfAborted()
    return {...told, notFixed: printable(error instanceof Error ? error.message : String(error))}
  }
}
