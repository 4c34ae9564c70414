import {spawn} from 'node:child_process'
import {expect} from 'chai'

const module = JSON.stringify(new URL('../../src/outside/processes/blocked-thread.ts', import.meta.url).href)

interface End {
  readonly code: number | null
  readonly signal: string | null
  readonly said: string
}

/** Runs code beside a watchdog that waits for so many seconds. The process is stopped for some time once it prints. */
async function watched(code: string, {stop, seconds = 2}: {stop?: number; seconds?: number} = {}): Promise<End> {
  const script = `
    import {spawnSync} from 'node:child_process'
    import {unwatched, watchThread} from ${module}
    const watchdog = watchThread({blocked: 'blocked', greedy: 'greedy'}, ${seconds})
    const forMilliseconds = time => { const end = performance.now() + time; while (performance.now() < end); }
    ${code}`
  const child = spawn(process.execPath, ['--input-type=module', '--experimental-strip-types', '--no-warnings'], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const ended = new Promise<End>(resolve => child.once('close', (code, signal) => resolve({code, signal, said})))
  child.stdout.once('data', () => {
    if (stop === undefined) return
    child.kill('SIGSTOP')
    setTimeout(() => child.kill('SIGCONT'), stop)
  })
  child.stdin.end(script)
  return ended
}

const killed = (said: string): End => ({code: null, signal: 'SIGKILL', said})
const well: End = {code: 0, signal: null, said: ''}

describe('a watchdog', () => {
  before(function () {
    // Windows has neither these signals nor an exit by one.
    if (process.platform === 'win32') this.skip()
  })

  it('ends a process whose thread is blocked, also after a while in which it was not', async () => {
    expect(await watched('for (;;);')).to.deep.equal(killed('blocked'))
    expect(await watched('setTimeout(() => { for (;;); }, 1500)')).to.deep.equal(killed('blocked'))
  })

  it('says what it was last told', async () => {
    const code = "for (const blocked of ['loading', 'at work']) watchdog.say({blocked, greedy: ''}); for (;;);"
    expect(await watched(code)).to.deep.equal(killed('at work'))
  })

  it('ends a process that takes far too much memory', async () => {
    const greedy = 'const all = []; for (;;) all.push(Buffer.alloc(2 ** 25, 1))'
    // A busy machine takes its time to hand out so much.
    expect(await watched(greedy, {seconds: 30})).to.deep.equal(killed('greedy'))
  })

  it('lets a thread go on that is only busy, and one that waits', async () => {
    const busy = 'for (let i = 0; i < 8; i++) { forMilliseconds(500); await new Promise(setImmediate) }'
    expect(await watched(busy)).to.deep.equal(well)
    expect(await watched('await new Promise(resolve => setTimeout(resolve, 4000))')).to.deep.equal(well)
  })

  it('lets a thread wait for a program, and watches it again afterwards', async () => {
    expect(await watched("unwatched(() => spawnSync('sleep', ['4']))")).to.deep.equal(well)
    expect(await watched("unwatched(() => spawnSync('sleep', ['4'])); for (;;);")).to.deep.equal(killed('blocked'))
  })

  it('does not count time in which the process is stopped', async () => {
    const code = "console.log('go'); await new Promise(setImmediate); forMilliseconds(1000)"
    expect(await watched(code, {stop: 4000})).to.deep.equal(well)
  })

  it('lets go when it is stopped', async () => {
    expect(await watched('watchdog.stop(); forMilliseconds(4000)')).to.deep.equal(well)
  })

  it('keeps no process from ending', async () => {
    expect(await watched('')).to.deep.equal(well)
  })
})
