import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {type Members, membersOf, speakDevtools} from './devtools.ts'

/** A user's browser: a real one, headless, with a profile of its own. */
export interface Chromium {
  /** The addresses that were requested. */
  readonly requests: readonly string[]
  /** What the developer console would show: errors, warnings, and what a page's policy blocked. */
  readonly complaints: readonly string[]
  visit(address: string): Promise<void>
  /** Focuses the field and inserts the text. */
  type(selector: string, text: string): Promise<void>
  /** Clicks with the mouse and waits for the next page to load. */
  click(selector: string): Promise<void>
  /** The value of a JavaScript expression in the page. */
  evaluate(expression: string): Promise<unknown>
  prefer(scheme: 'light' | 'dark'): Promise<void>
  /** The window's content as PNG. */
  picture(): Promise<Buffer>
  close(): Promise<void>
}

const windowSize = {width: 960, height: 540}

export async function startChromium(): Promise<Chromium> {
  const profile = await mkdtemp(join(tmpdir(), 'aws-oidc-chromium-'))
  const child = spawn('chromium', [...flags, `--user-data-dir=${profile}`], {
    env: {PATH: process.env.PATH, HOME: profile},
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit')
  const gone = exited.then(([code]) => Promise.reject(new Error(`chromium ended with ${code}`)))
  gone.catch(() => undefined)
  const requests: string[] = []
  const complaints: string[] = []
  const browser = speakDevtools({to: child.stdio[3], from: child.stdio[4]}, gone, (method, params) => {
    if (method === 'Network.requestWillBeSent') requests.push(String(membersOf(params.request).url))
    const complaint = complaintIn(method, params)
    if (complaint) complaints.push(complaint)
  })

  const {targetId} = await browser.send('Target.createTarget', {url: 'about:blank'})
  const {sessionId} = await browser.send('Target.attachToTarget', {targetId, flatten: true})
  const send = (method: string, params: Members = {}) => browser.send(method, params, String(sessionId))
  for (const domain of ['Page', 'Network', 'Runtime', 'Log', 'Audits']) await send(`${domain}.enable`)
  await send('Emulation.setDeviceMetricsOverride', {...windowSize, deviceScaleFactor: 1, mobile: false})

  async function evaluate(expression: string): Promise<unknown> {
    const {result, exceptionDetails} = await send('Runtime.evaluate', {expression, returnByValue: true})
    if (exceptionDetails) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`)
    return membersOf(result).value
  }

  return {
    requests,
    complaints,
    evaluate,
    async visit(url) {
      const loaded = browser.next('Page.loadEventFired')
      await send('Page.navigate', {url})
      await loaded
    },
    async type(selector, text) {
      await evaluate(`document.querySelector(${JSON.stringify(selector)}).focus()`)
      await send('Input.insertText', {text})
    },
    async click(selector) {
      const box = membersOf(
        await evaluate(`document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect().toJSON()`),
      )
      const x = Number(box.x) + Number(box.width) / 2
      const y = Number(box.y) + Number(box.height) / 2
      const loaded = browser.next('Page.loadEventFired')
      for (const type of ['mousePressed', 'mouseReleased']) {
        await send('Input.dispatchMouseEvent', {type, x, y, button: 'left', clickCount: 1})
      }
      await loaded
    },
    async prefer(value) {
      await send('Emulation.setEmulatedMedia', {features: [{name: 'prefers-color-scheme', value}]})
    },
    async picture() {
      const {data} = await send('Page.captureScreenshot', {format: 'png'})
      return Buffer.from(String(data), 'base64')
    },
    async close() {
      // The browser may end before it answers.
      browser.send('Browser.close').catch(() => undefined)
      await exited
      await rm(profile, {recursive: true, force: true, maxRetries: 5})
    },
  }
}

const flags = [
  '--headless=new',
  // A debugging port would be open to every program on this machine.
  '--remote-debugging-pipe',
  // Chromium's own sandbox can't start as root, nor in most containers. The browser only visits pages of our own.
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--no-default-browser-check',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
]

function complaintIn(method: string, params: Members): string | undefined {
  if (method === 'Runtime.exceptionThrown') return JSON.stringify(params.exceptionDetails)
  if (method === 'Runtime.consoleAPICalled') return JSON.stringify(params.args)
  if (method === 'Audits.issueAdded') return JSON.stringify(params.issue)
  if (method !== 'Log.entryAdded') return undefined
  const {level, text} = membersOf(params.entry)
  // Lower levels are remarks, such as that typing began before the page had chosen its field.
  return level === 'error' || level === 'warning' ? String(text) : undefined
}
