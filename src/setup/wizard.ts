import type {SetupDependencies} from '../credentials/dependencies.ts'
import {back} from '../terminal/dialogue.ts'
import {shownName} from '../text/printable.ts'
import type {Draft} from './draft.ts'
import type {DraftProfile} from './existing.ts'
import {formFor} from './form.ts'
import {profileFormFor} from './profile.ts'
import {told} from './questions.ts'
import {resultOf, type SetupRequest, type SetupResult} from './result.ts'
import {withRolesClaim} from './roles-claim.ts'
import {forgetTrial, type Trial, tryRole, trySignIn} from './trial.ts'
import {writeAsked} from './write.ts'

/** Asks for everything that no flag gives, tries it, and writes it after a yes. The user can always go back. */
export async function runWizard(request: SetupRequest, deps: SetupDependencies): Promise<SetupResult> {
  const form = await formFor(request, deps)
  deps.tell(['Enter accepts what is proposed, < goes back, Ctrl-C quits. Nothing is written before you say yes.', ''])
  await form.fill()
  for (;;) {
    const draft = await form.review()
    if (draft === back) await form.fill()
    else {
      const result = await tried(draft, request, deps)
      if (result !== back) return result
    }
  }
}

/** Signs in and saves; `back` returns to the settings. */
async function tried(draft: Draft, request: SetupRequest, deps: SetupDependencies): Promise<SetupResult | typeof back> {
  for (;;) {
    const trial = await trySignIn(draft, deps).catch((error: unknown) => told(error, deps))
    if (trial) return withTrial(draft, trial, request, deps)
    const ended = await untried(draft, deps)
    if (ended !== 'again') return ended
  }
}

/** Asks what to do with a draft whose sign-in failed. */
async function untried(draft: Draft, deps: SetupDependencies): Promise<SetupResult | typeof back | 'again'> {
  for (;;) {
    const next = await deps.dialogue.choose('What now?', [
      {label: 'Change the settings', value: 'change'},
      {label: 'Try again', value: 'again'},
      {label: 'Save the provider although the sign-in failed', value: 'save'},
    ] as const)
    if (next === back || next === 'change') return back
    if (next === 'again') return next
    const result = await written(draft, {profile: undefined, trial: undefined}, deps)
    if (result !== back) return result
  }
}

async function withTrial(draft: Draft, trial: Trial, request: SetupRequest, deps: SetupDependencies) {
  const trials = [trial]
  let saved: Trial | undefined
  try {
    deps.tell(`Signed in as ${shownName(trial.signedIn.identity.subject) ?? 'a user without a name'}.`)
    const wanted = request.role === undefined ? await withRolesClaim(draft, trial, deps) : draft
    if (wanted === back) return back
    const again =
      wanted === draft ? undefined : await trySignIn(wanted, deps, trial).catch((error: unknown) => told(error, deps))
    if (again) trials.push(again)
    const result = again ? await profiled(wanted, again, request, deps) : await profiled(draft, trial, request, deps)
    if (result !== back && !result.declined) saved = again ?? trial
    return result
  } finally {
    for (const each of trials) if (each !== saved) await forgetTrial(each, deps)
  }
}

async function profiled(
  draft: Draft,
  trial: Trial,
  request: SetupRequest,
  deps: SetupDependencies,
): Promise<SetupResult | typeof back> {
  let form = profileFormFor(draft, trial, request, deps)
  for (;;) {
    const profile = await form.fill()
    if (profile === back) return back
    const role = profile && (await tryRole(draft, profile, trial, deps).catch((error: unknown) => told(error, deps)))
    if (profile && role === undefined) {
      const next = await deps.dialogue.choose('What now?', [
        {label: 'Choose another role', value: 'role'},
        {label: 'Change the settings of the provider', value: 'change'},
        {label: 'Save it although AWS gave no credentials', value: 'save'},
      ] as const)
      if (next === 'change') return back
      // The role and name from the flags did not work, so ask for them.
      if (next === 'role') form = profileFormFor(draft, trial, {...request, role: undefined, profile: undefined}, deps)
      if (next !== 'save') continue
    }
    const result = await written(draft, {profile, trial}, deps)
    if (result !== back) return role === undefined || result.declined ? result : {...result, role}
  }
}

/** Writes the draft after a yes; `back` returns to the previous question. */
async function written(
  draft: Draft,
  {profile, trial}: {readonly profile: DraftProfile | undefined; readonly trial: Trial | undefined},
  deps: SetupDependencies,
): Promise<SetupResult | typeof back> {
  const outcome = await writeAsked(draft, profile, deps)
  if (outcome === back) return back
  const result = resultOf(draft, profile, trial, deps)
  if (outcome.kind === 'written') return {...result, ...(outcome.synced !== undefined && {synced: outcome.synced})}
  return {...result, ...(outcome.kind === 'declined' ? {declined: true} : {unchanged: true})}
}
