import {setTimeout as pause} from 'node:timers/promises'
import type {Running} from '../support/home.ts'
import type {Caller, Facts, Sent} from './facts.ts'
import {damageIn, heldLocks, temporariesIn} from './folders.ts'
import {type Place, within} from './place.ts'
import type {Kill, Round} from './schedule.ts'
import {type Watch, watch} from './watch.ts'

// Far more than anything here takes, and far less than the limits of a sign-in.
const limitMilliseconds = 60_000

/** Kills callers as planned, and examines what they leave. Call `prepare` for the round first. */
export async function playRound(round: Round, lifeMilliseconds: number, place: Place): Promise<Facts> {
  const {sandbox, home, people} = place
  await sandbox.steer('DELETE', '/journal')
  people.asked()
  const earlier = new Set(await temporariesIn(home.cache))
  const watching = await watch(place, {
    journal: round.kills.some(({moment: {aim}}) => aim === 'request' || aim === 'answer'),
  })
  const startedAt = Date.now()
  const callers = await Promise.all(
    Array.from({length: round.callers}, (_, index) => {
      const kill = round.kills.find(({caller}) => caller === index)
      return follow(place.call(`${round.number}.${index}`), `${round.number}.${index}`, async caller => {
        if (!kill) return undefined
        await comes(kill, lifeMilliseconds, watching)
        return send(kill, caller)
      })
    }),
  )
  const damage = [...(await damageIn(home.cache)), ...(await heldLocks(home.cache))]
  const left = (await temporariesIn(home.cache)).filter(path => !earlier.has(path))
  const name = `${round.number}.probe`
  const probe = await follow(place.call(name), name, async () => undefined)
  await people.look()
  await people.done()
  const {torn, kept, issued} = await watching.stop()
  return {
    kind: round.kind,
    startedAt,
    callers,
    probe,
    asked: people.asked(),
    journal: await sandbox.journal(),
    kept,
    issued,
    damage: [...torn, ...damage],
    temporaries: left.length,
  }
}

async function follow(
  {child, ended}: Running,
  id: string,
  disturb: (caller: Running['child']) => Promise<Sent | undefined>,
): Promise<Caller> {
  const startedAt = Date.now()
  let kill: Sent | undefined
  // If the moment does not come before the caller ends, there is no kill.
  void disturb(child).then(sent => {
    kill = sent
  })
  const inTime = await within(limitMilliseconds, ended)
  const hung = inTime === 'too late'
  if (hung) child.kill('SIGKILL')
  const {exitCode, signal, stdout, stderr} = await ended
  return {id, startedAt, endedAt: Date.now(), exitCode, endedBy: signal, stdout, stderr, hung, kill}
}

function send({signal, moment}: Kill, child: Running['child']): Sent | undefined {
  const at = Date.now()
  if (child.exitCode !== null || child.signalCode !== null || !child.kill(signal)) return undefined
  return {signal, aim: moment.aim, at}
}

async function comes({moment}: Kill, lifeMilliseconds: number, watching: Watch): Promise<void> {
  if (moment.aim === 'any') return pause(moment.share * lifeMilliseconds)
  await watching.comes(moment.aim, moment.nth)
  // Even a timer of 0 ms takes 1 ms.
  return moment.milliseconds === 0 ? undefined : pause(moment.milliseconds)
}
