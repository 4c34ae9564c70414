import type {RoleRequest} from '../aws/sts.ts'
import {StsRefusal} from '../aws/sts-failure.ts'
import type {AwsCredentials} from '../plugin.ts'
import type {Dependencies} from './dependencies.ts'
import type {Plan} from './plan.ts'

const steps = [12, 8, 4, 2, 1].map(hours => hours * 3600)
const learnedDays = 7

/**
 * Assumes a role for as long as AWS allows. Only AWS knows the role's maximum, and answers ValidationError beyond it:
 * then the next shorter duration is tried, down to the hour that every role allows. What worked is remembered for a
 * week. Nothing over `longest` seconds is requested: that limit comes from this sign-in, not from the role.
 */
export async function withStepDown<Request extends RoleRequest>(
  request: Request,
  {providerId}: Plan,
  {states, clock, log}: Pick<Dependencies, 'states' | 'clock' | 'log'>,
  assume: (request: Request) => Promise<AwsCredentials>,
  longest = Number.POSITIVE_INFINITY,
): Promise<AwsCredentials> {
  const {role, durationSeconds: asked} = request
  const learned = (await states.read(providerId)).durations[role.arn]
  const known =
    learned && learned.until > clock.now() && learned.asked <= asked ? Math.min(asked, learned.given) : asked
  const first = Math.min(known, longest)
  const candidates = [first, ...steps.filter(step => step < first)]
  let firstRefusal: unknown
  for (const durationSeconds of candidates) {
    try {
      const credentials = await assume({...request, durationSeconds})
      if (durationSeconds !== first) {
        log.warn(`AWS gives ${role.arn} no session of ${inHours(asked)}; this one lasts ${inHours(durationSeconds)}.`)
        const until = new Date(clock.now().getTime() + learnedDays * 86_400_000)
        await states.change(providerId, state => ({
          ...state,
          durations: {...state.durations, [role.arn]: {asked, given: durationSeconds, until}},
        }))
      }
      return credentials
    } catch (error) {
      if (!(error instanceof StsRefusal) || error.awsCode !== 'ValidationError') throw error
      firstRefusal ??= error
    }
  }
  throw firstRefusal
}

function inHours(seconds: number): string {
  return seconds % 3600 === 0 ? `${seconds / 3600} h` : `${Math.round(seconds / 60)} min`
}
