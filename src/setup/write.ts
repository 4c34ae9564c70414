import {isDeepStrictEqual} from 'node:util'
import {type Edit, entryText} from '../config/write.ts'
import type {Dependencies, SetupDependencies} from '../credentials/dependencies.ts'
import {backupLines, textDifference} from '../formats/difference.ts'
import {tryLines} from '../formats/failure.ts'
import type {SyncScope} from '../sync/scope.ts'
import {agreed, type SyncResult, sync, syncDifference} from '../sync/sync.ts'
import {type Back, back} from '../terminal/dialogue.ts'
import type {Line} from '../text/printable.ts'
import {type Draft, editsFor, existingIn, saveDraft} from './draft.ts'
import type {DraftProfile, Entry} from './existing.ts'
import {told} from './questions.ts'

const ofAll: SyncScope = {profiles: [], chain: 'process', prune: false, fromRoles: undefined}

/** The difference that the user was shown, in our configuration and in the files of the AWS tools. */
export interface ShownDifference {
  readonly own: readonly Line[]
  readonly aws: readonly Line[]
  /** Profiles that are left alone in the files of the AWS tools. */
  readonly left: SyncResult['left']
  readonly scope: SyncScope
  readonly drafted: SetupDependencies
}

/**
 * Shows what edits change in our configuration and, if `forAws` is given, in the files of the AWS tools. A failure to
 * plan the latter is reported and does not reject.
 */
export async function showDifference(
  edits: readonly Edit[],
  forAws: SyncScope | undefined,
  deps: SetupDependencies,
): Promise<ShownDifference> {
  const drafted = {...deps, configuration: await deps.draftConfiguration(() => edits)}
  const plan = (scope: SyncScope) => sync({...scope, write: 'no'}, drafted).catch((error: unknown) => told(error, deps))
  const planned = forAws && (await plan(forAws))
  const own = ownDifference(edits, deps)
  const aws = planned?.changes.length ? syncDifference(planned, planned.files, deps) : []
  if (own.length + aws.length > 0) deps.tell([...own, ...aws])
  return {own, aws, left: planned?.left ?? [], scope: forAws ?? ofAll, drafted}
}

/** Writes what was shown to the files of the AWS tools, asking again if the difference has changed meanwhile. */
export async function syncAsShown(
  {aws, scope, drafted}: ShownDifference,
  deps: Pick<Dependencies, 'tell' | 'asking' | 'ask'>,
): Promise<SyncResult> {
  // The warnings came with the difference.
  const quiet = {...drafted, log: {...drafted.log, warn: () => undefined}}
  const agrees = async (difference: readonly Line[]) => isDeepStrictEqual(difference, aws) || agreed(difference, deps)
  return sync({...scope, write: 'ask'}, quiet, agrees)
}

export type Written = {readonly kind: 'unchanged' | 'declined'} | {readonly kind: 'written'; readonly synced?: string}

/** Shows a draft's changes, asks, and writes. Nothing changes before that; `back` returns to the previous question. */
export async function writeAsked(
  draft: Draft,
  profile: DraftProfile | undefined,
  deps: SetupDependencies,
): Promise<Written | Back> {
  const shown = await showDifference(editsFor(draft, profile), profile && ofAll, deps)
  const {own, aws} = shown
  if (aws.length === 0) for (const {why, hint} of shown.left) deps.tell([why, ...tryLines(hint)])
  if (own.length + aws.length === 0) return {kind: 'unchanged'}
  const only = {label: `Only ${deps.configuration.path}`, value: 'own'} as const
  const answer = await deps.dialogue.choose('Write this?', [
    {label: 'Yes', value: 'all'} as const,
    ...(own.length > 0 && aws.length > 0 ? [only] : []),
    {label: 'No', value: 'nothing'} as const,
  ])
  if (answer === back) return back
  if (answer === 'nothing') return {kind: 'declined'}
  await saveDraft(draft, profile, deps)
  const ended = answer === 'all' && aws.length > 0 ? await syncedOrTold(shown, deps) : undefined
  for (const {why, hint} of ended?.left ?? []) deps.tell([why, ...tryLines(hint)])
  for (const line of backupLines(ended?.backups ?? [])) deps.tell(line)
  return {kind: 'written', ...(ended?.written && {synced: ended.files.config})}
}

/** Syncs the AWS tools. A failure is reported, and what was saved stays. */
function syncedOrTold(
  shown: ShownDifference,
  deps: Pick<Dependencies, 'signal' | 'tell' | 'asking' | 'ask'>,
): Promise<SyncResult | undefined> {
  return syncAsShown(shown, deps).catch((error: unknown) => told(error, deps))
}

function ownDifference(
  edits: readonly Edit[],
  {configuration, colours}: Pick<Dependencies, 'configuration' | 'colours'>,
): readonly Line[] {
  const lines = edits.flatMap(edit => {
    const was = existingIn(configuration[edit.list], edit.name)
    const now = edit.kind === 'remove' ? undefined : edit.entry
    const text = (entry: Entry | undefined) => (entry ? entryText(edit.list, edit.name, entry) : '')
    return textDifference(text(was), text(now && was ? inOrderOf(was, now) : now), colours)
  })
  return lines.length === 0 ? [] : [configuration.path, ...lines, '']
}

/** `now` with the settings that it shares with `was` in their old order. */
function inOrderOf(was: Entry, now: Entry): Entry {
  const kept = Object.keys(was).filter(name => Object.hasOwn(now, name))
  return Object.fromEntries([...new Set([...kept, ...Object.keys(now)])].map(name => [name, now[name]]))
}
