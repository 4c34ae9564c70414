import {clockCommand, wrongClock} from '../credentials/clock-offset.ts'
import {endpointOf, plansFor} from '../credentials/plan.ts'
import {expectedFailure} from '../errors.ts'
import {type Check, type CheckContext, type Finding, failed, found, type Looked} from './check.ts'
import {lookAtProvider} from './provider-server.ts'

/** The checks that ask servers: each provider, STS, and our clock, compared with the time in their answers. */
export function serverChecks({providers}: CheckContext): readonly Check[] {
  const asked: URL[] = []
  const looks = new Map<Check, Promise<Looked>>()
  const servers: readonly Check[] = [
    ...providers.map(provider => ({
      area: `Provider ${provider.name}`,
      name: `the server of "${provider.name}"`,
      look: (context: CheckContext) => lookAtProvider(provider, asked, context),
    })),
    {area: 'AWS', name: 'AWS STS', look: context => lookAtSts(asked, context)},
  ]
  const noted = servers.map(
    (check): Check => ({
      ...check,
      look(context) {
        const looking = check.look(context)
        looks.set(check, looking)
        return looking
      },
    }),
  )
  const clock: Check = {
    area: 'Clock',
    name: 'the clock of this machine',
    async look(context) {
      await Promise.allSettled(looks.values())
      return lookAtClock(asked, context)
    },
  }
  return [...noted, clock]
}

/** Whether the STS that the profiles need can be reached. Any answer will do. */
async function lookAtSts(asked: URL[], {deps, profiles, signal}: CheckContext): Promise<Looked> {
  const endpoints = new Map<string, URL>()
  for (const profile of profiles) {
    try {
      for (const {steps} of plansFor({profile}, deps)) {
        for (const step of steps) {
          const {url} = endpointOf(step.role, step.profile, deps.env)
          endpoints.set(url.href, url)
        }
      }
    } catch (error) {
      // Another check reports a broken profile.
      if (!expectedFailure(error)) throw error
    }
  }
  const findings: Finding[] = []
  const fine: string[] = []
  await Promise.all(
    [...endpoints.values()].map(async url => {
      asked.push(url)
      try {
        await deps.network.fetch(url, {signal})
        fine.push(`the STS at ${url.host} has answered`)
      } catch (error) {
        const failure = expectedFailure(error)
        if (!failure) throw error
        findings.push(failed('sts.unreachable', 'error', failure))
      }
    }),
  )
  return {findings, fine}
}

const tolerableMilliseconds = 60_000
// AWS refuses more: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
const refusedMilliseconds = 5 * 60_000

function lookAtClock(asked: readonly URL[], {deps}: CheckContext): Looked {
  const [worst] = asked
    .map(url => ({url, offset: deps.network.differenceTo(url)}))
    .toSorted((a, b) => Math.abs(b.offset) - Math.abs(a.offset))
  if (!worst || Math.abs(worst.offset) <= tolerableMilliseconds) {
    return {findings: [], fine: worst ? ['agrees with the servers'] : []}
  }
  const {url, offset} = worst
  const what = wrongClock(url.host, offset)
  const mend = clockCommand(deps)
  const severity = Math.abs(offset) > refusedMilliseconds ? 'error' : 'warning'
  return found({id: 'clock.wrong', severity, what, mend})
}
