import {back} from '../terminal/dialogue.ts'
import type {Parts} from './parts.ts'
import type {Draft} from './setup-draft.ts'
import type {DraftProfile} from './setup-existing.ts'
import {type Form, formFor} from './setup-form.ts'
import {profileFormFor} from './setup-profile.ts'
import {told} from './setup-questions.ts'
import {resultOf, type SetupResult, type SetupWish} from './setup-result.ts'
import {offeredClaim, rolesClaim} from './setup-roles-claim.ts'
import {forgetTrial, type Trial, tryRole, trySame, trySignIn} from './setup-trial.ts'
import {writeAsked} from './setup-write.ts'

/** Asks on the terminal for all that is not said with flags, tries it, and writes it after a yes. Going back is always possible. */
export async function runWizard(wish: SetupWish, parts: Parts): Promise<SetupResult> {
  const form = await formFor(wish, parts)
  parts.tell('Enter takes what is proposed, < goes back, Ctrl-C ends it. Nothing is written before you say yes.\n')
  await form.fill()
  for (;;) {
    const draft = await form.review()
    if (draft === back) await form.fill()
    else {
      const result = await tried(draft, form, wish, parts)
      if (result !== back) return result
    }
  }
}

/** Signs in and writes; `back` leads to the settings. */
async function tried(draft: Draft, form: Form, wish: SetupWish, parts: Parts): Promise<SetupResult | typeof back> {
  for (;;) {
    const trial = await trySignIn(draft, parts).catch((error: unknown) => told(error, parts))
    if (trial) return withTrial(draft, trial, form, wish, parts)
    const ended = await untried(draft, parts)
    if (ended !== 'again') return ended
  }
}

/** What becomes of a draft at whose provider nobody could sign in. */
async function untried(draft: Draft, parts: Parts): Promise<SetupResult | typeof back | 'again'> {
  for (;;) {
    const next = await parts.dialogue.choose('What now?', [
      {label: 'Change the settings', value: 'change'},
      {label: 'Try again', value: 'again'},
      {label: 'Save the provider although nobody could sign in', value: 'save'},
    ] as const)
    if (next === back || next === 'change') return back
    if (next === 'again') return next
    const result = await written(draft, {profile: undefined, trial: undefined}, parts)
    if (result !== back) return result
  }
}

async function withTrial(draft: Draft, first: Trial, form: Form, wish: SetupWish, parts: Parts) {
  let trial = first
  let kept = false
  try {
    parts.tell(`Signed in as ${trial.signedIn.identity.subject ?? 'somebody without a name'}.`)
    const claim = wish.role === undefined ? await offeredClaim(draft, trial, parts) : undefined
    if (claim === back) return back
    const wanted = claim === undefined ? draft : form.set(rolesClaim, claim)
    if (claim !== undefined) {
      trial = await trySame(first, wanted, parts)
      await forgetTrial(first, parts)
    }
    const result = await profiled(wanted, trial, wish, parts)
    kept = result !== back && !result.declined
    return result
  } finally {
    if (!kept) await forgetTrial(trial, parts)
  }
}

async function profiled(draft: Draft, trial: Trial, wish: SetupWish, parts: Parts): Promise<SetupResult | typeof back> {
  let form = profileFormFor(draft, trial, wish, parts)
  for (;;) {
    const profile = await form.fill()
    if (profile === back) return back
    const role = profile && (await tryRole(draft, profile, trial, parts).catch((error: unknown) => told(error, parts)))
    if (profile && role === undefined) {
      const next = await parts.dialogue.choose('What now?', [
        {label: 'Choose another role', value: 'role'},
        {label: 'Change the settings of the provider', value: 'change'},
        {label: 'Save it although AWS gave no credentials', value: 'save'},
      ] as const)
      if (next === 'change') return back
      // What the flags said has not worked.
      if (next === 'role') form = profileFormFor(draft, trial, {...wish, role: undefined, profile: undefined}, parts)
      if (next !== 'save') continue
    }
    const result = await written(draft, {profile, trial}, parts)
    if (result !== back) return role === undefined || result.declined ? result : {...result, role}
  }
}

/** Writes it after a yes; `back` leads to the question before. */
async function written(
  draft: Draft,
  {profile, trial}: {readonly profile: DraftProfile | undefined; readonly trial: Trial | undefined},
  parts: Parts,
): Promise<SetupResult | typeof back> {
  const outcome = await writeAsked(draft, profile, parts)
  if (outcome === back) return back
  const result = resultOf(draft, profile, trial, parts)
  if (outcome.kind === 'written') return {...result, ...(outcome.synced !== undefined && {synced: outcome.synced})}
  return {...result, ...(outcome.kind === 'declined' ? {declined: true} : {unchanged: true})}
}
