import {secretsIn} from '../config/settings.ts'
import {entryText} from '../config/write.ts'
import {AwsOidcError, expectedFailure} from '../errors.ts'
import {agreesToWrite} from './consent.ts'
import type {Parts} from './parts.ts'
import {planTakeover, type TakeoverPlan} from './takeover-plan.ts'

export interface TakeoverWish {
  /** The tool whose configuration is read; it is never changed. */
  readonly from: 'aws-cli-oidc'
  /** Whether nothing is asked. */
  readonly yes: boolean
}

export interface TakeoverResult {
  readonly path: string
  readonly providers: readonly string[]
  readonly profiles: readonly string[]
  /** What could not be taken over, with the reason. */
  readonly left: readonly string[]
  /** Whether it was written. */
  readonly written: boolean
  /** The file of the AWS tools whose lines now call us. */
  readonly synced?: string
}

/** Shows what would become of another tool's configuration, asks, writes it, and has the AWS tools call us instead. */
export async function takeOver({yes}: TakeoverWish, parts: Parts): Promise<TakeoverResult> {
  const plan = await planTakeover(parts)
  const {providers, profiles} = plan
  const result = {
    path: parts.configuration.path,
    providers: providers.map(({name}) => name),
    profiles: profiles.map(({name}) => name),
    left: plan.left,
    written: false,
  }
  if (providers.length === 0 && profiles.length === 0) return result
  if (!yes && !(await agreed(plan, parts))) return result
  await parts.editConfiguration(() => [
    ...providers.map(({name, entry}) => ({kind: 'add', list: 'providers', name, entry}) as const),
    ...profiles.map(({name, entry}) => ({kind: 'add', list: 'profiles', name, entry}) as const),
  ])
  const kept = await keepSecrets(plan, parts)
  const synced = profiles.length === 0 ? {left: []} : await callUs(result.profiles, yes, parts)
  return {...result, written: true, ...synced, left: [...plan.left, ...kept, ...synced.left]}
}

/** Rewrites the lines of the AWS tools; what keeps it from that takes nothing back. */
async function callUs(
  profiles: readonly string[],
  yes: boolean,
  parts: Parts,
): Promise<Pick<TakeoverResult, 'left' | 'synced'>> {
  const {sync} = await import('./sync.ts')
  const configuration = await parts.draftConfiguration(() => [])
  const wish = {profiles, chain: 'process', prune: false, fromRoles: undefined, write: yes ? 'yes' : 'ask'} as const
  try {
    const {left, written, files} = await sync(wish, {...parts, configuration})
    return {left: left.map(({why}) => why), ...(written && {synced: files.config})}
  } catch (error) {
    const failure = expectedFailure(error)
    if (!failure || parts.signal.aborted || failure.code === 'INTERRUPTED') throw error
    return {left: [`${failure.message} Later: aws-oidc profiles sync ${profiles.join(' ')}`]}
  }
}

async function agreed({providers, profiles, left}: TakeoverPlan, parts: Parts): Promise<boolean> {
  const {tell, configuration} = parts
  const texts = [
    ...providers.map(({name, entry}) => entryText('providers', name, entry)),
    ...profiles.map(({name, entry}) => entryText('profiles', name, entry)),
  ]
  tell(`This would go into ${configuration.path}:\n\n${texts.join('')}`)
  if (left.length > 0) tell(`This can't be taken over:\n  ${left.join('\n  ')}\n`)
  return agreesToWrite('Write it?', 'the same command with --yes', parts)
}

/** A keyring that does not answer keeps nothing else from being taken over: the secret can be said later. */
async function keepSecrets({providers}: TakeoverPlan, {keyring}: Parts): Promise<readonly string[]> {
  const left: string[] = []
  for (const {name, secret} of providers) {
    if (secret === undefined) continue
    await secretsIn(keyring)
      .set(name, secret)
      .catch((error: unknown) => {
        if (!(error instanceof AwsOidcError)) throw error
        left.push(
          `client_secret of ${name}: ${error.message} Later: aws-oidc providers set-secret ${name} clientSecret`,
        )
      })
  }
  return left
}
