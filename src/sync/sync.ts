import {createHash} from 'node:crypto'
import {editedText} from '../aws-config/edit.ts'
import {type FileKind, readSharedFile, type SharedFile} from '../aws-config/read.ts'
import {refusedByBotocore} from '../aws-config/refused.ts'
import type {Dependencies, SyncDependencies} from '../credentials/dependencies.ts'
import {AwsOidcError} from '../errors.ts'
import {differenceLines} from '../formats/difference.ts'
import {dayOf} from '../formats/when.ts'
import type {AwsConfiguration} from '../outside/aws-configuration.ts'
import type {AwsPlaces} from '../outside/files/aws-places.ts'
import {type Line, onScreen} from '../text/printable.ts'
import {agreesToWrite} from './consent.ts'
import {mendOfPlaces} from './left.ts'
import {editsFor, type SyncPlan} from './plan.ts'
import {planner, type SyncScope} from './scope.ts'

export interface SyncRequest extends SyncScope {
  /** Whether to write: without a question, after one, or not at all. */
  readonly write: 'yes' | 'ask' | 'no'
}

export interface SyncResult extends SyncPlan {
  readonly files: AwsPlaces
  readonly written: boolean
  /** The copies made before the first change of this day. */
  readonly backups: readonly string[]
  /** Whether the files now are as our configuration wants them. */
  readonly upToDate: boolean
}

const tries = 50

/**
 * Brings the files of the AWS tools in line with our configuration: shows the difference, asks (`agrees`), and writes.
 * Rejects with OUTPUT_FAILED if another program keeps changing them.
 */
export async function sync(
  request: SyncRequest,
  deps: SyncDependencies,
  agrees = (difference: readonly Line[]) => agreed(difference, deps),
): Promise<SyncResult> {
  const aws = await deps.awsConfiguration()
  const places = demandPlaces(aws)
  const programOf = async (how: {readonly written: boolean}) => {
    const launcher = await deps.launcher(aws.ownProgram, how)
    return launcher === undefined ? aws.ownProgram : [launcher]
  }
  let program = await programOf({written: false})
  const planFor = await planner(request, aws, deps)
  const found = await readFiles(places, aws)
  warnOfRefused(found, deps)
  let shown = await planFor(found, program)
  for (;;) {
    if (request.write === 'no') return resultOf(shown, places, [])
    const wanted = shown.changes.length > 0
    if (wanted && request.write === 'ask' && !(await agrees(syncDifference(shown, places, deps)))) {
      return resultOf(shown, places, [])
    }
    // Even without changes, since Node may have moved after the launcher was written.
    const put = await programOf({written: true})
    if (!wanted) return resultOf(shown, places, [])
    if (put.join('\n') !== program.join('\n')) {
      program = put
      shown = await planFor(found, program)
      continue
    }
    const meant = request.write === 'ask' ? JSON.stringify(shown.changes) : undefined
    const lock = `aws-config-${createHash('sha256').update(places.config).digest('hex').slice(0, 16)}`
    const {plan, backups} = await deps.locks.hold(lock, deps.signal, async () => {
      for (let left = tries; left > 0; left--) {
        deps.signal.throwIfAborted()
        // Another program may have written meanwhile. Keep its changes, and do nothing that the user has not seen.
        const files = await readFiles(places, aws)
        const plan = await planFor(files, program)
        if (meant !== undefined && JSON.stringify(plan.changes) !== meant) return {plan, backups: undefined}
        const backups = await write(files, plan, aws, deps)
        if (backups) return {plan, backups}
      }
      const message = `Another program keeps changing ${places.config} or ${places.credentials}: not everything was written.`
      throw new AwsOidcError('OUTPUT_FAILED', message)
    })
    if (backups) return resultOf(plan, places, backups, true)
    shown = plan
  }
}

function resultOf(plan: SyncPlan, files: AwsPlaces, backups: readonly string[], written = false): SyncResult {
  return {...plan, files, written, backups, upToDate: (written || plan.changes.length === 0) && plan.left.length === 0}
}

function demandPlaces({places, problem}: AwsConfiguration): AwsPlaces {
  if (places) return places
  if (problem !== undefined) throw new AwsOidcError('CONFIG_INVALID', problem, {hint: mendOfPlaces})
  throw new AwsOidcError('CONFIG_INVALID', 'There is no home folder, and so no place for the AWS configuration.', {
    hint: 'Set HOME, or AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE.',
  })
}

/** Both files, parsed and as `text`, which is `undefined` for a missing file. */
type Read = Readonly<Record<FileKind, SharedFile & {readonly text: string | undefined}>>

async function readFiles(places: AwsPlaces, aws: AwsConfiguration): Promise<Read> {
  const read = async (kind: FileKind) => {
    const text = await aws.files.read(places[kind])
    return {...readSharedFile(places[kind], kind, text ?? ''), text}
  }
  return {config: await read('config'), credentials: await read('credentials')}
}

function warnOfRefused(files: Read, {log}: Pick<Dependencies, 'log'>): void {
  for (const file of Object.values(files)) {
    const problem = refusedByBotocore(file)
    if (problem) log.warn(`The AWS CLI refuses ${file.path}: ${problem}. It is kept as it is.`)
  }
}

/** The difference as the user sees it before it is written. */
export function syncDifference(
  {changes}: SyncPlan,
  places: AwsPlaces,
  {colours}: Pick<Dependencies, 'colours'>,
): readonly Line[] {
  return shortened(differenceLines(changes, places, colours))
}

/** Shows the difference and asks whether to write it. Rejects with USAGE if nobody may be asked. */
export function agreed(
  difference: readonly Line[],
  deps: Pick<Dependencies, 'tell' | 'asking' | 'ask'>,
): Promise<boolean> {
  deps.tell(difference)
  return agreesToWrite('Write this?', 'aws-oidc profiles sync --yes', deps)
}

// A single message must stay below the limit of all that a command says on stderr, or it would be lost.
const mostCharacters = 20_000

function shortened(lines: readonly Line[]): readonly Line[] {
  let characters = 0
  const fit = lines.filter(line => {
    characters += onScreen([line]).length + 1
    return characters <= mostCharacters
  })
  const more = lines.length - fit.length
  return more === 0 ? lines : [...fit, `... and ${more} more lines; "aws-oidc profiles sync --dry-run" shows all.`]
}

/** Writes both files. Resolves with the paths of the backups, or `undefined` if another program was faster. */
async function write(
  files: Read,
  plan: SyncPlan,
  aws: AwsConfiguration,
  {clock}: Pick<Dependencies, 'clock'>,
): Promise<readonly string[] | undefined> {
  const backups: string[] = []
  // Config first: keys leave the credentials file only once their replacement is written.
  for (const kind of ['config', 'credentials'] as const) {
    const {path, text} = files[kind]
    const edits = editsFor(kind, plan)
    if (edits.length === 0) continue
    const backup = `${path}.${dayOf(clock.now())}.aws-oidc-backup`
    if ((await aws.files.replace(path, text, editedText(files[kind], edits), backup)) === 'changed') return undefined
    if (text !== undefined) backups.push(backup)
  }
  return backups
}
