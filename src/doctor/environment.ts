import {stsEndpoint} from '../aws/endpoint.ts'
import {propertiesIn, readSharedFile} from '../aws-config/read.ts'
import {expectedFailure} from '../errors.ts'
import {mayAsk} from '../host/interactive.ts'
import {mendOfPlaces} from '../sync/left.ts'
import {type Check, type CheckContext, either, type Finding, failed, type Looked, listed} from './check.ts'

export const environmentChecks: readonly Check[] = [
  {area: 'Environment', name: 'variables that hide a profile', look: lookAtShadows},
  {area: 'Environment', name: 'variables that are obeyed', look: lookAtSettings},
  {area: 'Environment', name: 'the profile that AWS_PROFILE names', look: lookAtAwsProfile},
]

/** Variables whose credentials some tools take although AWS_PROFILE names a profile of ours. */
interface Shadow {
  readonly id: string
  readonly severity: 'error' | 'warning' | 'note'
  readonly variables: readonly [string, ...string[]]
  readonly why: string
}

// Statements about a named tool were tested with it; the rest follows from the tools' documentation.
const shadows: readonly Shadow[] = [
  {
    id: 'environment.keys',
    severity: 'error',
    variables: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'],
    why: 'boto3, the AWS SDKs for Go and Java, and the AWS CLI without --profile use this key and never look at a profile; the SDK for JavaScript uses the profile',
  },
  {
    id: 'environment.web-identity',
    severity: 'error',
    variables: ['AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_ROLE_ARN', 'AWS_ROLE_SESSION_NAME'],
    why: 'most AWS tools sign in with that file before they look at the profile that AWS_PROFILE names',
  },
  {
    id: 'environment.container',
    severity: 'note',
    variables: [
      'AWS_CONTAINER_CREDENTIALS_FULL_URI',
      'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
      'AWS_CONTAINER_AUTHORIZATION_TOKEN',
      'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
    ],
    why: 'AWS tools without a profile get their credentials there',
  },
]

async function lookAtShadows({outside: {env}}: CheckContext): Promise<Looked> {
  const findings = shadows.flatMap(({id, severity, variables: [decisive, ...others], why}): readonly Finding[] => {
    if (!env[decisive] && !(id === 'environment.container' && others.some(name => env[name]))) return []
    const set = [decisive, ...others].filter(name => env[name])
    return [{id, severity, what: `${listed(set, 4)}: ${why}.`, mend: `unset ${set.join(' ')}`}]
  })
  return either(findings, 'no variable hides a profile from the AWS tools')
}

async function lookAtSettings({outside: {env, platform, terminal}, ...context}: CheckContext): Promise<Looked> {
  const findings: Finding[] = []
  const around = {env, platform, ...terminal}
  for (const read of [() => void mayAsk(undefined, 'auto', around), () => void stsEndpoint('aws', {}, env)]) {
    const failure = failureOf(read)
    if (failure) findings.push(failed('environment.invalid', 'error', failure))
  }
  const sts = env.AWS_ENDPOINT_URL_STS
  if (sts && !failureOf(() => stsEndpoint('aws', {}, env)) && !stsEndpoint('aws', {}, env).aws) {
    const what = `AWS_ENDPOINT_URL_STS sends your tokens to ${new URL(sts).origin}, which is not AWS's own STS.`
    findings.push({id: 'environment.sts', severity: 'note', what, mend: 'unset AWS_ENDPOINT_URL_STS'})
  }
  findings.push(...endpointsOfPortals(env))
  for (const variable of ['AWS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'] as const) {
    const path = env[variable]
    const problem = path ? await context.problemOfAuthorities(path) : undefined
    if (problem === undefined) continue
    const what = `${variable} can't be used: ${path}: ${problem}.`
    const severity = variable === 'AWS_CA_BUNDLE' ? 'error' : 'warning'
    findings.push({id: 'environment.authorities', severity, what, mend: `unset ${variable}`})
  }
  return {findings, fine: []}
}

async function lookAtAwsProfile({outside: {awsProfile, env}, deps, configuration}: CheckContext): Promise<Looked> {
  const findings: Finding[] = []
  const {places, problem, files} = await deps.awsConfiguration()
  if (problem !== undefined) {
    findings.push({id: 'environment.config-file', severity: 'error', what: problem, mend: mendOfPlaces})
  }
  if (!places) return {findings, fine: []}
  const text = await files.read(places.config).catch(() => '')
  if (env.AWS_CONFIG_FILE && text === undefined) {
    const what = `AWS_CONFIG_FILE names ${places.config}, which does not exist: AWS tools see none of our profiles.`
    findings.push({id: 'environment.config-file', severity: 'warning', what, mend: 'aws-oidc profiles sync'})
  }
  if (!awsProfile) return {findings, fine: []}
  const names = new Set<string>()
  for (const kind of ['config', 'credentials'] as const) {
    const found = await files.read(places[kind]).catch(() => undefined)
    try {
      for (const name of propertiesIn(readSharedFile(places[kind], kind, found ?? '')).keys()) names.add(name)
    } catch {
      // Another check reports the damaged file, and nobody knows which profiles are in it.
      return {findings, fine: []}
    }
  }
  if (names.has(awsProfile)) return {findings, fine: [`AWS_PROFILE is "${awsProfile}"`]}
  const ours = configuration && Object.hasOwn(configuration.profiles, awsProfile)
  const what = `AWS_PROFILE is "${awsProfile}", but no file of the AWS tools has such a profile: every AWS tool fails.`
  const mend = ours ? 'aws-oidc profiles sync' : 'unset AWS_PROFILE'
  return {findings: [...findings, {id: 'environment.profile', severity: 'warning', what, mend}], fine: []}
}

function failureOf(work: () => unknown) {
  try {
    work()
    return undefined
  } catch (error) {
    const failure = expectedFailure(error)
    if (!failure) throw error
    return failure
  }
}

/** Where the tokens of IAM Identity Center go instead of to AWS. Whether that is safe is judged at the sign-in. */
function endpointsOfPortals(env: CheckContext['outside']['env']): readonly Finding[] {
  return ['AWS_ENDPOINT_URL_SSO_OIDC', 'AWS_ENDPOINT_URL_SSO'].flatMap(variable => {
    const url = URL.parse(env[variable] ?? '')
    if (!url || /\.(?:amazonaws\.(?:com|com\.cn|eu)|api\.aws|amazonwebservices\.(?:com\.cn|eu))$/.test(url.hostname))
      return []
    const what = `${variable} sends your tokens to ${url.origin}, which is not AWS's own IAM Identity Center.`
    return [{id: 'environment.sso', severity: 'note', what, mend: `unset ${variable}`}]
  })
}
