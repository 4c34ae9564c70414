import {commandLine} from '../aws-config/command-line.ts'
import type {SignInDependencies} from '../credentials/dependencies.ts'
import {findProfile} from '../credentials/plan.ts'
import {AwsOidcError} from '../errors.ts'
import type {AwsConfiguration} from '../outside/aws-configuration.ts'
import {configuredProfiles, type WantedProfile} from './aws-profiles.ts'
import type {AwsFiles} from './left.ts'
import {type OfferedProfiles, type OfferRequest, offeredProfiles} from './offered-profiles.ts'
import {planSync, type Scope, type SyncPlan} from './plan.ts'
import {workingLines} from './working-lines.ts'

export interface SyncScope {
  /** Only these profiles, even if aws-oidc did not write them; all of ours if none is named. */
  readonly profiles: readonly string[]
  /** Replaces only their command: a named profile with other keys that would win over us is left alone. */
  readonly replaces?: 'command'
  readonly chain: 'process' | 'aws'
  /** Whether to remove profiles that aws-oidc wrote and that are no longer configured. */
  readonly prune: boolean
  /** Adds a profile for each role that a provider offers. */
  readonly fromRoles: OfferRequest | undefined
}

/** Makes a function that plans changes to given files for tools that start `program`. All else is found out once. */
export async function planner(
  request: SyncScope,
  aws: AwsConfiguration,
  deps: SignInDependencies,
): Promise<(files: AwsFiles, program: readonly string[]) => Promise<SyncPlan>> {
  const {configuration, log} = deps
  const {ownProgram, platform} = aws
  // What npx fetches may be gone tomorrow: https://docs.npmjs.com/cli/v11/commands/npx
  if (/[\\/]_npx[\\/]/.test(ownProgram[1])) {
    log.warn('This aws-oidc runs from the cache of npx, and AWS tools would start it there: install it first.')
  }
  const offered = request.fromRoles && (await offeredProfiles(request.fromRoles, deps))
  const named = new Set(request.profiles)
  const known = new Set(offered?.profiles.map(({name}) => name))
  if (!configuration.found) findProfile('', configuration)
  const inScope = (name: string) => named.size === 0 || named.has(name)
  const configured = configuredProfiles(
    Object.keys(configuration.profiles).filter(inScope),
    request.chain,
    configuration,
  )
  const wanted = merged(configured, offered?.profiles.filter(({name}) => inScope(name)) ?? [])
  const scope: Omit<Scope, 'command' | 'works'> = {
    named,
    replaces: request.replaces,
    ownScript: ownProgram[1],
    platform,
    prune: request.prune,
    includes: inScope,
    isStale: (name, origin) => {
      if (origin.kind !== 'role') return !Object.hasOwn(configuration.profiles, name)
      const gone = origin.provider === offered?.provider && !known.has(name)
      return gone || !Object.hasOwn(configuration.providers, origin.provider)
    },
  }
  return async (files, program) => {
    const command = (args: readonly string[]) => commandLine(program, args, platform)
    const works = await workingLines(files.config, program, aws)
    const plan = planSync(wanted, files, {...scope, command, works})
    const met = new Set([
      ...wanted.map(({name}) => name),
      ...[...plan.changes, ...plan.left].map(({profile}) => profile),
    ])
    for (const name of named)
      if (!met.has(name)) findProfile(name, configuration, other => `aws-oidc profiles sync ${other}`)
    return plan
  }
}

function merged(configured: readonly WantedProfile[], offered: OfferedProfiles['profiles']): readonly WantedProfile[] {
  const names = new Set(configured.map(({name}) => name))
  const twice = offered.find(({name}) => names.has(name))
  if (!twice) return [...configured, ...offered]
  const message = `An offered role would become the profile "${twice.name}", which is already configured.`
  throw new AwsOidcError('USAGE', message, {hint: "--name-template '{provider}-{account}-{role}'"})
}
