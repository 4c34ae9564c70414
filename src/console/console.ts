import {consoleAddress, readDestination, type SignInService, signInService} from '../aws/console.ts'
import {type ConsolePage, consoleServices} from '../aws/console-services.ts'
import {loginAddress, signInToken} from '../aws/federation.ts'
import {partitionOf} from '../aws/role.ts'
import {nearest} from '../config/nearest.ts'
import {credentialsFor} from '../credentials/credentials.ts'
import type {CredentialsDependencies, Dependencies} from '../credentials/dependencies.ts'
import type {Issued} from '../credentials/issued.ts'
import {type Plan, plansFor, withTarget} from '../credentials/plan.ts'
import {workingRegion} from '../credentials/working-region.ts'
import {AwsOidcError, expectedFailure} from '../errors.ts'

export interface ConsoleRequest {
  readonly profile: string
  /** The short name of a service, such as `s3`. */
  readonly service: string | undefined
  /** The address of a page, instead of a service. */
  readonly destination: string | undefined
  readonly region: string | undefined
  /** How long the console lasts; by default as long as the credentials. */
  readonly durationSeconds: number | undefined
}

export interface ConsoleSession {
  readonly profile: string
  readonly account: string
  readonly role: string
  /** The address of the page that the browser shows. */
  readonly destination: string
  readonly until: Date
}

export interface ConsoleAddress extends ConsoleSession {
  /** A secret: it signs in anybody who opens it, for 15 minutes. */
  readonly url: string
}

/** An address that signs a browser in to the AWS console as the profile. */
export async function consoleUrl(
  request: ConsoleRequest,
  deps: CredentialsDependencies & Pick<Dependencies, 'awsConfiguration'>,
): Promise<ConsoleAddress> {
  const {profile, durationSeconds} = request
  const plans = plansFor({profile}, deps)
  // Refuse before anybody is asked to sign in, as far as possible.
  checkDuration(request, plans)
  const page = pageOf(request)
  const known = plans[0]?.steps.at(-1)?.role
  if (known) await targetOf(known.arn, page, request, deps)
  const issued = await credentialsFor({profile, force: false, lasting: true}, deps)
  const {service, destination} = await targetOf(issued.role, page, request, deps)
  if (!service.aws)
    deps.tell(`Signing in to the console through ${service.url.origin}, which is not AWS's own endpoint.`)
  const token = await tokenFor(issued, durationSeconds, service, plans, deps)
  return {
    url: loginAddress(service, destination, token).href,
    profile,
    account: issued.accountId,
    role: issued.role,
    destination: destination.href,
    until: endOf(issued, durationSeconds, deps),
  }
}

async function tokenFor(
  {credentials}: Issued,
  durationSeconds: number | undefined,
  service: SignInService,
  [plan]: readonly Plan[],
  {network, signal, secrets}: Pick<Dependencies, 'signal' | 'secrets' | 'network'>,
): Promise<string> {
  const fetch: typeof globalThis.fetch = (input, init) => network.fetchAgain(input, {...init, signal})
  try {
    const token = await signInToken(credentials, durationSeconds, {service, fetch})
    secrets.add(token)
    return token
  } catch (error) {
    const failure = expectedFailure(error)
    throw failure && plan ? withTarget(failure, plan) : error
  }
}

function checkDuration({profile, durationSeconds}: ConsoleRequest, plans: readonly Plan[]): void {
  const chained = plans.some(({steps}) => steps.length > 1)
  if (durationSeconds === undefined || !chained) return
  throw new AwsOidcError(
    'USAGE',
    `--duration: "${profile}" switches roles, so its console can last only as long as its credentials.`,
    {hint: `aws-oidc console --profile ${profile}`},
  )
}

function pageOf({service, destination}: ConsoleRequest): ConsolePage | undefined {
  if (service === undefined) return undefined
  if (destination !== undefined) {
    throw new AwsOidcError('USAGE', "A service and --destination can't be used together.", {
      hint: 'the same command with one of them',
    })
  }
  const page = consoleServices.get(service.toLowerCase())
  if (page) return page
  const names = [...consoleServices.keys()]
  const near = nearest(service, names)
  throw new AwsOidcError('USAGE', `aws-oidc knows no service by the short name "${service}".`, {
    hint:
      near === undefined
        ? `one of ${names.toSorted().join(' ')}, or --destination ADDRESS`
        : `aws-oidc console ${near}`,
  })
}

/** The console's sign-in and the page to open. Rejects with USAGE or CONFIG_INVALID. */
async function targetOf(
  role: string,
  page: ConsolePage | undefined,
  request: ConsoleRequest,
  deps: Pick<Dependencies, 'configuration' | 'env' | 'log' | 'awsConfiguration'>,
) {
  const partition = partitionOf(role)
  const region = await workingRegion(request, {role}, deps)
  return {
    service: signInService(partition, region, deps.env),
    destination:
      request.destination === undefined
        ? consoleAddress(partition, region, page)
        : readDestination(request.destination, partition),
  }
}

function endOf({expiresAt}: Issued, durationSeconds: number | undefined, {clock}: Pick<Dependencies, 'clock'>): Date {
  return durationSeconds === undefined ? expiresAt : new Date(clock.now().getTime() + durationSeconds * 1000)
}
