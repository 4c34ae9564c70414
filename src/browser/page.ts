import {openWithSystem} from './open.ts'

/** Where in a browser to open a page. */
export type BrowserPlace =
  /** A profile of Chrome or a related browser, by the name of its folder. */
  | {readonly kind: 'profile'; readonly name: string}
  /** A container of Firefox, which needs the add-on "Open external links in a container". */
  | {readonly kind: 'container'; readonly name: string}

export interface PageDependencies {
  /**
   * The program to start with the address as its last argument; without it, one of the browsers that know such places.
   */
  readonly program: readonly [string, ...string[]] | undefined
  readonly place: BrowserPlace | undefined
  /** Starts a program without a shell; rejects when it fails at once. */
  readonly launch: (program: string, args: readonly string[]) => Promise<void>
  readonly platform: NodeJS.Platform
}

/** Opens an address that is not secret. Rejects if the browser can't be started or reports a failure. */
export async function openPage(url: URL, {program, place, launch, platform}: PageDependencies): Promise<void> {
  const args = place ? argumentsFor(place, url) : [url.href]
  if (program) return launch(program[0], [...program.slice(1), ...args])
  if (!place) return succeeded(await openWithSystem(url))
  return launchFirst(browsers[place.kind][platform] ?? browsers[place.kind].linux ?? [], args, launch)
}

/**
 * Why the chosen browser can't open such a place; `undefined` if it can. A program of another name, such as a script,
 * may start either kind of browser.
 */
export function problemOfPlace({kind}: BrowserPlace, program: readonly string[]): string | undefined {
  const names = program.map(word => (word.split(/[\\/]/).at(-1) ?? '').toLowerCase())
  const isOf = (kin: RegExp) => names.some(name => kin.test(name))
  const [wanted, other] = kind === 'profile' ? [chromes, firefoxes] : [firefoxes, chromes]
  if (isOf(wanted) || !isOf(other)) return undefined
  return kind === 'profile'
    ? `--browser-profile is for Chrome, Chromium and Edge, but the browser here is ${program[0]}.`
    : `--container is for Firefox, but the browser here is ${program[0]}.`
}

const chromes = /chrom|edge|brave|vivaldi|opera/
const firefoxes = /firefox|librewolf|waterfox|floorp|^zen/

function argumentsFor({kind, name}: BrowserPlace, url: URL): readonly string[] {
  if (kind === 'profile') return [`--profile-directory=${name}`, url.href]
  const [container, address] = [name, url.href].map(encodeURIComponent)
  return [`ext+container:name=${container}&url=${address}`]
}

// On Linux, the paths under /mnt/c are the browsers of Windows, for WSL.
const browsers: Readonly<Record<BrowserPlace['kind'], Partial<Record<NodeJS.Platform, readonly string[]>>>> = {
  profile: {
    darwin: [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ],
    win32: [
      String.raw`C:\Program Files\Google\Chrome\Application\chrome.exe`,
      String.raw`C:\Program Files (x86)\Google\Chrome\Application\chrome.exe`,
      String.raw`C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`,
    ],
    linux: [
      ...['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'microsoft-edge', 'brave-browser'],
      '/mnt/c/Program Files/Google/Chrome/Application/chrome.exe',
      '/mnt/c/Program Files (x86)/Microsoft/Edge/Application/msedge.exe',
    ],
  },
  container: {
    darwin: ['/Applications/Firefox.app/Contents/MacOS/firefox'],
    win32: [String.raw`C:\Program Files\Mozilla Firefox\firefox.exe`],
    linux: ['firefox', '/mnt/c/Program Files/Mozilla Firefox/firefox.exe'],
  },
}

async function launchFirst(
  programs: readonly string[],
  args: readonly string[],
  launch: PageDependencies['launch'],
): Promise<void> {
  for (const program of programs) {
    try {
      return await launch(program, args)
    } catch (error) {
      if (!isMissing(error)) throw error
    }
  }
  throw new Error(`none of these was found: ${programs.join(', ')}`)
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

/** Some openers report only later, by their exit code, that there was no browser. */
function succeeded(child: Awaited<ReturnType<typeof openWithSystem>>): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', code => (code ? reject(new Error(`it ended with exit code ${code}`)) : resolve()))
  })
}
