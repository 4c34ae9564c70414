import {back} from '../terminal/dialogue.ts'
import {roleArgument} from './offered-roles.ts'
import type {Parts} from './parts.ts'
import {labelOf} from './role-choice.ts'
import {type Draft, existingIn, problemOfProfileName, problemOfRole, saveDraft} from './setup-draft.ts'
import type {DraftProfile} from './setup-existing.ts'
import {formFor} from './setup-form.ts'
import {mayChange, told} from './setup-questions.ts'
import {profileNameOf, resultOf, type SetupResult, type SetupWish} from './setup-result.ts'
import {forgetTrial, type Trial, tryRole, trySignIn} from './setup-trial.ts'

/** Asks on the terminal for all that is not said with flags, tries it, and saves it then. Going back is always possible. */
export async function runWizard(wish: SetupWish, parts: Parts): Promise<SetupResult> {
  const form = await formFor(wish, parts)
  parts.tell('Enter takes what is proposed, < goes back, Ctrl-C ends it. Nothing is saved before it has worked.\n')
  await form.fill()
  for (;;) {
    const draft = await form.review()
    if (draft === back) await form.fill()
    else {
      const result = await tried(draft, wish, parts)
      if (result !== back) return result.profile === undefined ? result : synced(result, parts)
    }
  }
}

/** Offers to tell the AWS tools; what keeps it from that is said, and takes nothing back. */
async function synced(result: SetupResult, parts: Parts): Promise<SetupResult> {
  const {sync} = await import('./sync.ts')
  const configuration = await parts.draftConfiguration(() => [])
  const wish = {profiles: [], chain: 'process', prune: false, fromRoles: undefined, write: 'ask'} as const
  const ended = await sync(wish, {...parts, configuration}).catch((error: unknown) => told(error, parts))
  for (const {why, hint} of ended?.left ?? []) parts.tell(hint === undefined ? why : `${why}\nTry: ${hint}`)
  return ended?.written ? {...result, synced: ended.files.config} : result
}

/** Signs in and saves; `back` leads to the settings. */
async function tried(draft: Draft, wish: SetupWish, parts: Parts): Promise<SetupResult | typeof back> {
  for (;;) {
    const trial = await trySignIn(draft, parts).catch((error: unknown) => told(error, parts))
    if (trial) return withTrial(draft, trial, wish, parts)
    const next = await parts.dialogue.choose('What now?', [
      {label: 'Change the settings', value: 'change'},
      {label: 'Try again', value: 'again'},
      {label: 'Save the provider although nobody could sign in', value: 'save'},
    ] as const)
    if (next === back || next === 'change') return back
    if (next === 'save') {
      await saveDraft(draft, undefined, parts)
      return resultOf(draft, undefined, undefined, parts)
    }
  }
}

async function withTrial(draft: Draft, trial: Trial, wish: SetupWish, parts: Parts) {
  let saved = false
  try {
    parts.tell(`Signed in as ${trial.signedIn.identity.subject ?? 'somebody without a name'}.`)
    const result = await profiled(draft, trial, wish, parts)
    saved = result !== back
    return result
  } finally {
    if (!saved) await forgetTrial(trial, parts)
  }
}

async function profiled(draft: Draft, trial: Trial, said: SetupWish, parts: Parts): Promise<SetupResult | typeof back> {
  let wish = said
  for (;;) {
    const profile = await askProfile(draft, trial, wish, parts)
    if (profile === back) return back
    const role = profile && (await tryRole(draft, profile, trial, parts).catch((error: unknown) => told(error, parts)))
    if (profile && role === undefined) {
      const next = await parts.dialogue.choose('What now?', [
        {label: 'Choose another role', value: 'role'},
        {label: 'Change the settings of the provider', value: 'change'},
        {label: 'Save it although AWS gave no credentials', value: 'save'},
      ] as const)
      if (next === 'change') return back
      if (next !== 'save') {
        // What the flags said has not worked.
        wish = {...said, role: undefined, profile: undefined}
        continue
      }
    }
    await saveDraft(draft, profile, parts)
    return {...resultOf(draft, profile, trial, parts), ...(role !== undefined && {role})}
  }
}

/** A profile for one of the roles; `undefined` where none is wanted now. */
async function askProfile(
  draft: Draft,
  trial: Trial,
  wish: SetupWish,
  parts: Parts,
): Promise<DraftProfile | undefined | typeof back> {
  const {dialogue, configuration} = parts
  const role = wish.role ?? (await askRole(draft, trial, parts))
  if (role === back) return back
  if (role === undefined && !draft.answers.has('defaultRole')) return undefined
  const usual = profileNameOf(role ?? String(draft.answers.get('defaultRole')))
  const name =
    wish.profile ?? (await dialogue.text('Name of the profile', {default: usual, check: problemOfProfileName}))
  if (name === back) return wish.role === undefined ? askProfile(draft, trial, wish, parts) : back
  const existing = existingIn(configuration.profiles, name)
  const clash = existing && (existing.provider !== draft.provider || existing.role !== role)
  if (clash && !wish.replace && !(await mayChange(`a profile "${name}"`, parts))) {
    return askProfile(draft, trial, {...wish, role, profile: undefined}, parts)
  }
  const known = existing && configuration.profiles[name]?.region
  const question = {check: () => undefined, ...(known !== undefined && {default: known})}
  const region = wish.region ?? (await dialogue.text('AWS region; empty for none', question))
  if (region === back) return askProfile(draft, trial, wish, parts)
  return {name, existing, role, region: region === '' ? undefined : region}
}

async function askRole({answers}: Draft, {roles}: Trial, {dialogue}: Parts): Promise<string | undefined | typeof back> {
  const none = answers.has('defaultRole') ? 'the default role of the provider' : 'no profile for now'
  if (roles && roles.length > 0) {
    const choices = roles.map(role => ({label: labelOf(role, roles), value: roleArgument(role, roles)}))
    const many = roles.length === 1 ? 'one role' : `${roles.length} roles`
    return dialogue.choose(`The provider offers ${many}. For which is the profile?`, [
      ...choices,
      {label: none, value: undefined},
    ])
  }
  const answer = await dialogue.text(`Role for the profile, as ARN; empty for ${none}`, {
    check: answer => (answer === '' ? undefined : problemOfRole(answer, 'Your answer')),
  })
  return answer === '' ? undefined : answer
}
