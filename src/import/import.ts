import {secretsIn} from '../config/settings.ts'
import type {Dependencies, SetupDependencies} from '../credentials/dependencies.ts'
import {AwsOidcError, expectedFailure} from '../errors.ts'
import {type ShownDifference, showDifference, syncAsShown} from '../setup/write.ts'
import {agreesToWrite} from '../sync/consent.ts'
import type {SyncScope} from '../sync/scope.ts'
import {type SyncResult, sync} from '../sync/sync.ts'
import {planAws} from './aws.ts'
import {planAwsCliOidc} from './aws-cli-oidc.ts'
import type {ImportPlan} from './plan.ts'

export interface ImportRequest {
  /** The tool whose configuration is read; it is never changed. */
  readonly from: keyof typeof sources
  /** Whether nothing is asked. */
  readonly yes: boolean
}

export interface ImportResult {
  readonly path: string
  readonly providers: readonly string[]
  readonly profiles: readonly string[]
  /** What could not be taken over, with the reason. */
  readonly left: readonly string[]
  /** Whether it was written. */
  readonly written: boolean
  /** Profiles that the AWS tools go on using in their own way. */
  readonly untouched: readonly string[]
  /** The file of the AWS tools whose lines now call us. */
  readonly synced?: string
  /** What was changed in the files of the AWS tools, and the copies made before the first change of this day. */
  readonly awsTools?: Pick<SyncResult, 'changes' | 'files' | 'backups'>
}

/** How the configuration of each tool is read, and whether its profiles of the AWS tools are made to call us at once. */
const sources = {
  'aws-cli-oidc': {plan: planAwsCliOidc, takesOver: true},
  // Those profiles work as they are, and whoever wants them changed names them to `profiles sync`.
  aws: {plan: planAws, takesOver: false},
}

/**
 * Takes over another tool's configuration: shows the result, asks, and writes it. Profiles that called the other tool
 * call us instead.
 */
export async function importConfiguration(
  {from, yes}: ImportRequest,
  deps: SetupDependencies & Pick<Dependencies, 'readText'>,
): Promise<ImportResult> {
  const {plan: planFrom, takesOver} = sources[from]
  const plan = await planFrom(deps)
  const {providers, profiles} = plan
  const result = {
    path: deps.configuration.path,
    providers: providers.map(({name}) => name),
    profiles: profiles.map(({name}) => name),
    untouched: takesOver ? [] : profiles.map(({name}) => name),
    left: plan.left,
    written: false,
  }
  if (providers.length === 0 && profiles.length === 0) return result
  const edits = [
    ...providers.map(({name, entry}) => ({kind: 'add', list: 'providers', name, entry}) as const),
    ...profiles.map(({name, entry}) => ({kind: 'add', list: 'profiles', name, entry}) as const),
  ]
  const scope = takesOver && profiles.length > 0 ? scopeOf(result.profiles) : undefined
  const shown = yes ? undefined : await showDifference(edits, scope, deps)
  if (shown && !(await agreed(plan, deps))) return result
  await deps.editConfiguration(() => edits)
  const kept = await keepSecrets(plan, deps)
  const synced = scope ? await callUs(scope, shown, deps) : {left: []}
  return {...result, written: true, ...synced, left: [...plan.left, ...kept, ...synced.left]}
}

/** Rewrites the lines of the AWS tools. A failure becomes a reason in `left` and undoes nothing. */
async function callUs(
  scope: SyncScope,
  shown: ShownDifference | undefined,
  deps: SetupDependencies,
): Promise<Pick<ImportResult, 'left' | 'synced' | 'awsTools'>> {
  try {
    const ended = shown ? await syncAsShown(shown, deps) : await syncUnseen(scope, deps)
    const {left, written, ...awsTools} = ended
    const reasons = left.map(({why, hint}) => (hint === undefined ? why : `${why} Later: ${hint}`))
    return {left: reasons, ...(written && {synced: awsTools.files.config, awsTools})}
  } catch (error) {
    const failure = expectedFailure(error)
    if (!failure || deps.signal.aborted || failure.code === 'INTERRUPTED') throw error
    return {left: [`${failure.message} Later: aws-oidc profiles sync ${scope.profiles.join(' ')}`]}
  }
}

async function syncUnseen(scope: SyncScope, deps: SetupDependencies): Promise<SyncResult> {
  const configuration = await deps.draftConfiguration(() => [])
  return sync({...scope, write: 'yes'}, {...deps, configuration})
}

/** Replaces only the commands of these profiles: keys that the user has written stay. */
function scopeOf(profiles: readonly string[]): SyncScope {
  return {profiles, replaces: 'command', chain: 'process', prune: false, fromRoles: undefined}
}

function agreed({left}: ImportPlan, deps: Pick<Dependencies, 'tell' | 'asking' | 'ask'>): Promise<boolean> {
  if (left.length > 0) deps.tell(["This can't be imported:", ...left.map(line => `  ${line}`), ''])
  return agreesToWrite('Write this?', 'the same command with --yes', deps)
}

/** Stores the secrets in the keyring. A failure stops nothing else: the user can set the secret later. */
async function keepSecrets(
  {providers}: ImportPlan,
  {keyring}: Pick<Dependencies, 'keyring'>,
): Promise<readonly string[]> {
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
