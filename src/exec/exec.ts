import {randomBytes} from 'node:crypto'
import {credentialsFor} from '../credentials/credentials.ts'
import type {AwsTools, CredentialsDependencies, Dependencies, Programs} from '../credentials/dependencies.ts'
import {plansFor} from '../credentials/plan.ts'
import {workingRegion} from '../credentials/working-region.ts'
import {AwsOidcError} from '../errors.ts'
import {enclosingAccount, environmentWith} from '../formats/child-environment.ts'
import type {ForegroundEnding} from '../outside/processes/foreground.ts'
import type {Command} from '../outside/processes/program-start.ts'
import {runServed} from './served-program.ts'

export interface ExecRequest {
  readonly profile: string
  readonly command: Command
  readonly durationSeconds: number | undefined
  readonly region: string | undefined
  /** Whether it may run inside another `exec` that has credentials of another account. */
  readonly nested: boolean
  /** Whether an endpoint serves credentials that renew, instead of fixed ones in the environment. */
  readonly serve: boolean
  readonly keepAwsFiles: boolean
}

/** Runs a program with a profile's credentials in its environment, and no others. */
export async function exec(
  request: ExecRequest,
  deps: CredentialsDependencies & AwsTools & Programs,
): Promise<ForegroundEnding> {
  const {profile, durationSeconds, command} = request
  const wanted = {profile, durationSeconds, force: false, lasting: true}
  // If the role is known, refuse before anybody is asked to sign in.
  const known = plansFor(wanted, deps)[0]?.steps.at(-1)?.role
  if (known) await settingFor({role: known.arn, accountId: known.accountId}, request, deps)
  const awsFiles =
    request.serve && !request.keepAwsFiles ? await deps.makeAwsFiles(randomBytes(8).toString('hex')) : undefined
  try {
    const issued = await credentialsFor(wanted, deps)
    const setting = await settingFor(issued, request, deps)
    deps.signal.throwIfAborted()
    const ending = request.serve
      ? await runServed({command, setting, awsFiles}, issued, wanted, deps)
      : await deps.runInForeground(command, environmentWith(issued.credentials, setting, deps.env))
    if (ending.problem !== undefined) deps.log.info(`aws-oidc exec: ${ending.problem}`)
    return ending
  } finally {
    await awsFiles?.remove()
  }
}

type Session = {readonly role: string; readonly accountId: string}

/** The child's profile, account and region. Rejects with USAGE inside an `exec` of another account, unless `nested`. */
async function settingFor(
  session: Session,
  request: ExecRequest,
  deps: Pick<Dependencies, 'configuration' | 'env' | 'log' | 'awsConfiguration'>,
) {
  const {profile, nested} = request
  const {accountId} = session
  const around = deps.env[enclosingAccount]
  if (around && around !== accountId && !nested) {
    throw new AwsOidcError(
      'USAGE',
      `You are inside an "aws-oidc exec" for the account ${around}, but the profile "${profile}" is for ${accountId}.`,
      {hint: `aws-oidc exec --nested --profile ${profile} -- ${request.command[0]}, or leave the other exec first`},
    )
  }
  return {profile, accountId, region: await workingRegion(request, session, deps)}
}
