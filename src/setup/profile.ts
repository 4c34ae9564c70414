import {doubtOfRegion, problemOfRegion} from '../config/region.ts'
import type {Dependencies} from '../credentials/dependencies.ts'
import {labelOf} from '../credentials/role-choice.ts'
import {printable} from '../errors.ts'
import {roleArgument} from '../session/offered-roles.ts'
import {type Back, back} from '../terminal/dialogue.ts'
import {type Draft, existingIn, problemOfProfileName, problemOfRole} from './draft.ts'
import type {DraftProfile, Entry} from './existing.ts'
import {mayChange} from './questions.ts'
import {profileNameOf, type SetupRequest} from './result.ts'
import {needsNoRole, type Trial} from './trial.ts'

/** The questions about a profile for one of the roles, with the answers so far. */
export interface ProfileForm {
  /** Asks what no flag says; a later call begins with the last question. `undefined` if no profile is wanted now. */
  fill(): Promise<DraftProfile | undefined | Back>
}

interface Step {
  ask(): Promise<Back | undefined>
}

export function profileFormFor(
  draft: Draft,
  trial: Trial,
  request: SetupRequest,
  deps: Pick<Dependencies, 'configuration' | 'tell' | 'dialogue'>,
): ProfileForm {
  const {dialogue, configuration} = deps
  const {roles} = trial
  const {assigned} = trial.signedIn.identity
  let {role, region} = request
  let name: string | undefined
  let existing: Entry | undefined
  let nameSaid = false
  let filled = false

  async function askRole(): Promise<Back | undefined> {
    const answer = await roleAnswer()
    if (answer === back) return back
    if (answer !== role) name = undefined
    role = answer
    return undefined
  }

  async function roleAnswer(): Promise<string | undefined | Back> {
    const none = draft.answers.has('defaultRole') ? 'the default role of the provider' : 'no profile for now'
    if (roles && roles.length > 0) {
      const choices = roles.map(offered => ({label: labelOf(offered, roles), value: roleArgument(offered, roles)}))
      const many = roles.length === 1 ? 'one role' : `${roles.length} roles`
      const question = `The provider offers ${many}. Which is the profile for?`
      return dialogue.choose(question, [...choices, {label: none, value: undefined}], role)
    }
    const answer = await dialogue.text(`Role for the profile, as ARN; empty for ${none}`, {
      default: role,
      check: typed => (typed === '' ? undefined : problemOfRole(typed, 'Your answer')),
    })
    return answer === '' ? undefined : answer
  }

  async function askName(): Promise<Back | undefined> {
    const answer = await dialogue.text('Name of the profile', {
      default: name ?? usualName(),
      check: problemOfProfileName,
    })
    if (answer === back) return back
    return (await takeName(answer)) ? undefined : askName()
  }

  function usualName(): string {
    return profileNameOf(role ?? String(draft.answers.get('defaultRole') ?? draft.provider))
  }

  /** Takes the name; `false` if it is in use and the user does not want to change that profile. */
  async function takeName(wanted: string): Promise<boolean> {
    const there = existingIn(configuration.profiles, wanted)
    const clash = there && (there.provider !== draft.provider || there.role !== role)
    if (clash && !request.replace && !(await mayChange(`a profile "${wanted}"`, deps))) return false
    name = wanted
    existing = there
    return true
  }

  async function askRegion(): Promise<Back | undefined> {
    const known = region ?? (name === undefined ? undefined : configuration.profiles[name]?.region)
    const answer = await dialogue.text('AWS region; empty for none', {
      default: known,
      check: typed => (typed === '' ? undefined : problemOfRegion(printable(typed, 60))),
    })
    if (answer === back) return back
    const doubt = answer === '' ? undefined : doubtOfRegion(answer)
    if (doubt !== undefined) deps.tell(doubt)
    region = answer
    return undefined
  }

  function steps(): readonly Step[] {
    const isWanted = role !== undefined || needsNoRole(draft, trial)
    return [
      ...(request.role === undefined && !assigned ? [{ask: askRole}] : []),
      ...(isWanted && !nameSaid ? [{ask: askName}] : []),
      ...(isWanted && request.region === undefined ? [{ask: askRegion}] : []),
    ]
  }

  return {
    async fill() {
      if (!filled && request.profile !== undefined) nameSaid = await takeName(request.profile)
      let at = filled ? steps().length - 1 : 0
      for (;;) {
        if (at < 0) return back
        const step = steps()[at]
        if (!step) break
        at = (await step.ask()) === back ? at - 1 : at + 1
      }
      filled = true
      if (role === undefined && !needsNoRole(draft, trial)) return undefined
      return {name: name ?? usualName(), existing, role, region: region || undefined}
    },
  }
}
