import {isRoleArn} from '../aws/role.ts'
import type {Dependencies} from '../credentials/dependencies.ts'
import type {Back} from '../terminal/dialogue.ts'
import {printable} from '../text/printable.ts'
import type {Draft} from './draft.ts'
import type {Trial} from './trial.ts'

const setting = 'rolesClaim'

/** The claims of a sign-in that list role ARNs, if the strategy has the setting `rolesClaim` and it is not set yet. */
export function claimsOfRoles({fields, answers}: Draft, {signedIn}: Pick<Trial, 'signedIn'>): readonly string[] {
  if (answers.has(setting) || !fields.some(({name}) => name === setting)) return []
  return Object.entries(signedIn.identity.claims ?? {}).flatMap(([claim, value]) => {
    const isListed = [value].flat().some(each => typeof each === 'string' && isRoleArn(each))
    return isListed && printable(claim) === claim ? [claim] : []
  })
}

/** The draft with such a claim as `rolesClaim` if the user wants one, else the same draft. */
export async function withRolesClaim(
  draft: Draft,
  trial: Trial,
  {dialogue}: Pick<Dependencies, 'dialogue'>,
): Promise<Draft | Back> {
  const claims = claimsOfRoles(draft, trial)
  if (claims.length === 0) return draft
  const chosen = await dialogue.choose(
    'The ID token lists AWS roles. Do you want to choose from them, now and later?',
    [
      ...claims.map(claim => ({label: `Yes, from the claim "${claim}" (${setting})`, value: claim})),
      {label: 'No, name a role by hand', value: undefined},
    ],
  )
  if (typeof chosen !== 'string') return chosen ?? draft
  return {...draft, answers: new Map([...draft.answers, [setting, chosen]])}
}
