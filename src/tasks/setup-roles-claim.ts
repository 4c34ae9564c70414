import {type Back, back} from '../terminal/dialogue.ts'
import type {Parts} from './parts.ts'
import type {Draft} from './setup-draft.ts'
import type {Trial} from './setup-trial.ts'

export const rolesClaim = 'rolesClaim'

/** The claim that a person takes for the list of roles, where none is set and the ID token of the trial has some. */
export async function offeredClaim(
  {fields, answers}: Draft,
  {signedIn, roles}: Trial,
  {dialogue}: Parts,
): Promise<string | undefined | Back> {
  if (roles !== undefined || answers.has(rolesClaim) || !fields.some(({name}) => name === rolesClaim)) return undefined
  const claims = claimsOfRoles(signedIn.identity.claims)
  if (claims.length === 0) return undefined
  const choices = claims.map(({name, count}) => ({label: `"${name}", which lists ${count}`, value: name}))
  const question = 'The ID token lists AWS roles in a claim. Is that "rolesClaim"?'
  const answer = await dialogue.choose(question, [...choices, {label: 'No', value: undefined}])
  return answer === back ? back : answer
}

const roleArn = /^arn:aws[a-z-]*:iam::\d{12}:role\//

/** Those with the most of them first. */
function claimsOfRoles(claims: Readonly<Record<string, unknown>> = {}) {
  return Object.entries(claims)
    .map(([name, value]) => ({name, count: countOfRoles(value)}))
    .filter(({count}) => count > 0)
    .toSorted((a, b) => b.count - a.count)
}

function countOfRoles(claim: unknown): number {
  return [claim].flat().filter(role => typeof role === 'string' && roleArn.test(role)).length
}
