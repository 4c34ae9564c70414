import {type OneTimeAddress, oneTimeAddress} from '../browser/one-time-address.ts'
import {type BrowserPlace, problemOfPlace} from '../browser/page.ts'
import type {CredentialsDependencies, Dependencies} from '../credentials/dependencies.ts'
import {plansFor} from '../credentials/plan.ts'
import {AwsOidcError, printable} from '../errors.ts'
import {type ConsoleRequest, type ConsoleSession, consoleUrl} from './console.ts'

export interface OpenConsoleRequest extends ConsoleRequest {
  readonly place: BrowserPlace | undefined
}

// A browser may first ask the user to choose a profile.
const patienceMilliseconds = 120_000

/**
 * Opens the AWS console as the profile. Resolves when the browser has fetched the address, which is in no program's
 * arguments. Rejects with TIMED_OUT after two minutes.
 */
export async function openConsole(
  request: OpenConsoleRequest,
  deps: CredentialsDependencies & Pick<Dependencies, 'awsConfiguration'>,
): Promise<ConsoleSession> {
  const {profile, place} = request
  const provider = plansFor({profile}, deps)[0]?.provider
  if (!provider) throw new Error('a profile has at least one provider')
  const instead = `aws-oidc console --url --profile ${profile}`
  if (!deps.flowFor(provider)('offered').opens) {
    throw new AwsOidcError('CONFIG_INVALID', 'No browser can be opened here.', {
      hint: `${instead}, and open the printed address where your browser is`,
    })
  }
  const program = deps.browserOf(provider)
  const problem = place && program && problemOfPlace(place, program)
  if (problem !== undefined) {
    throw new AwsOidcError('USAGE', problem, {
      hint: place?.kind === 'container' ? 'AWS_OIDC_BROWSER=firefox' : 'AWS_OIDC_BROWSER=google-chrome',
    })
  }
  const {url, ...session} = await consoleUrl(request, deps)
  const address = await oneTimeAddress(new URL(url), deps.isOtherUsers)
  const tooLate = new AwsOidcError(
    'TIMED_OUT',
    `No browser opened the console within two minutes. ${missing(place)}`.trim(),
    {
      hint: instead,
    },
  )
  const limit = deps.clock.limit(patienceMilliseconds, tooLate, deps.signal)
  try {
    const opened = deps.openPage(address.url, {program, place}).catch((error: unknown) => {
      throw new AwsOidcError('CONFIG_INVALID', `The browser could not be opened (${reasonOf(error, address)}).`, {
        hint: instead,
      })
    })
    await Promise.race([address.taken, opened.then(() => address.taken), aborted(limit.signal)])
    return session
  } finally {
    limit.cancel()
    await address.close()
  }
}

function missing(place: BrowserPlace | undefined): string {
  return place?.kind === 'container'
    ? 'Firefox needs the add-on "Open external links in a container" for --container.'
    : ''
}

function reasonOf(error: unknown, {url}: OneTimeAddress): string {
  const message = error instanceof Error ? error.message : String(error)
  return printable(message.replaceAll(url.href, 'the address'))
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), {once: true})
  })
}
