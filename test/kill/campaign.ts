// Kills callers at random moments and looks for violations: `npm run test:kill`, optionally with
// `-- --kills 300 --seed 1 --cache file`. A seed determines the rounds, but not what a kill interrupts.
import {parseArgs} from 'node:util'
import {figuresOf, type Played} from './figures.ts'
import {play} from './play.ts'
import {timelineOf} from './timeline.ts'

const {values} = parseArgs({
  options: {
    kills: {type: 'string', default: '300'},
    seed: {type: 'string', default: String(Math.floor(Math.random() * 2 ** 32))},
    cache: {type: 'string', default: 'file'},
    verbose: {type: 'boolean', default: false},
  },
})
const [kills, seed] = [Number(values.kills), Number(values.seed)]
const cache = values.cache === 'keyring' ? 'keyring' : 'file'
const say = (text: string) => process.stdout.write(text)

if (process.platform === 'win32') throw new Error('Signals are needed, which Windows does not have.')
say(`${kills} kills, cache ${cache}, seed ${seed}\n`)
const violations: string[] = []
const {played, ends} = await play({seed, kills, cache, onRound: tell})
say(`\n${figuresOf(played, ends)}`)
if (ends.unpruned > 0) violations.push('old temporary files stay')
if (violations.length > 0) {
  say(`\nFailed: npm run test:kill -- --seed ${seed} --kills ${kills} --cache ${cache}\n${violations.join('\n')}\n`)
  process.exitCode = 1
}
const failed = Math.min(played.length, violations.length)
say(`  ${played.length - failed} passing\n${failed > 0 ? `  ${failed} failing\n` : ''}`)

function tell({round, verdict, facts}: Played): void {
  const name = `round ${round.number} (${round.kind}, ${round.callers} at once, ${round.kills.length} to be killed)`
  const found = verdict.violations.map(violation => `${name}: ${violation}`)
  violations.push(...found)
  if (found.length > 0) say(`\n${found.join('\n')}\n${timelineOf(facts)}`)
  if (values.verbose) {
    const times = facts.callers.map(({startedAt, endedAt}) => endedAt - startedAt)
    say(`${name}: ${facts.asked.length} sign-ins, at most ${Math.max(...times)} ms\n`)
  } else say(found.length > 0 ? '!' : '.')
}
