import {down, enter, type Respondent} from './wizard.ts'

/** The state in which an example is typed, and the answers to its questions. */
export interface Circumstances {
  /** Lines that were typed before. */
  readonly first?: readonly string[]
  readonly nothingConfigured?: true
  readonly answers?: (user: Respondent, issuer: string) => Promise<void>
}

const login = 'aws-oidc login'
const sync = 'aws-oidc profiles sync --yes'
const keep = 'op read op://work/corp/secret | aws-oidc providers set-secret corp clientSecret'
const withoutAdmin = 'aws-oidc profiles remove admin'
const withoutProfiles = [withoutAdmin, 'aws-oidc profiles remove developer']

const install = 'aws-oidc plugins install aws-oidc-keycloak'

const unpack = 'tar --extract --strip-components=1 --file=aws-oidc-keycloak-1.0.0.tgz'
const unpackAside = `mkdir -p plugins/keycloak && ${unpack} --directory=plugins/keycloak`

const session =
  "mkdir -p ~/.aws && printf '[sso-session corp]\\nsso_start_url = https://d-1234567890.awsapps.com/start\\nsso_region = us-east-1\\n' >> ~/.aws/config"

const agrees: Circumstances = {answers: ({answer}) => answer('Write this?', enter)}

/** For the examples that need any. */
export const circumstances: Readonly<Record<string, Circumstances>> = {
  'aws-oidc setup': {nothingConfigured: true, answers: setUp},
  'aws-oidc setup --from aws-cli-oidc': {nothingConfigured: true, ...agrees},
  'aws-oidc setup --from aws': {nothingConfigured: true, first: [session], ...agrees},
  'aws-oidc setup --provider corp --strategy oidc --set issuer=https://sso.example.com --set clientId=aws-oidc --role arn:aws:iam::123456789012:role/developer --yes':
    {
      nothingConfigured: true,
    },
  'aws-oidc login --provider corp --force': {answers: ({answer}) => answer('developer in 123456789012', enter)},
  'aws-oidc status --profile developer --check': {first: [login]},
  'aws-oidc profiles sync': agrees,
  'aws-oidc profiles sync --check': {first: [sync]},
  'aws-oidc profiles sync --from-roles --provider corp --name-template "{accountName}-{role}"': agrees,
  'aws-oidc profiles remove admin && aws-oidc profiles sync --prune --yes': {first: [sync]},
  'aws-oidc profiles add developer --provider corp --role arn:aws:iam::123456789012:role/developer': {
    first: withoutProfiles,
  },
  'aws-oidc profiles add admin --source developer --role arn:aws:iam::123456789012:role/admin': {first: [withoutAdmin]},
  'aws-oidc providers remove corp': {first: withoutProfiles},
  'aws-oidc providers remove corp --json': {first: withoutProfiles},
  'aws-oidc profiles remove developer && aws-oidc providers remove corp': {first: [withoutAdmin]},
  'aws-oidc providers set-secret corp clientSecret': {
    answers: ({answer}) => answer('clientSecret of corp', `sandbox-client-secret${enter}`),
  },
  'aws-oidc plugins link': {first: [unpack]},
  'aws-oidc plugins link ./plugins/keycloak --json': {first: [unpackAside]},
  'aws-oidc plugins link ./plugins/keycloak --no-install': {first: [unpackAside]},
  'aws-oidc plugins uninstall aws-oidc-keycloak': {first: [install]},
  'aws-oidc plugins uninstall aws-oidc-keycloak --json': {first: [install]},
  'aws-oidc plugins uninstall aws-oidc-keycloak && aws-oidc plugins install aws-oidc-keycloak': {first: [install]},
  'aws-oidc providers set-secret corp clientSecret --remove': {first: [keep]},
}

async function setUp({answer}: Respondent, issuer: string): Promise<void> {
  await answer('Name for this provider', enter)
  await answer('How do you sign in there?', enter)
  await answer('issuer (', `${issuer}${enter}`)
  await answer('clientId (', `aws-oidc${enter}`)
  await answer('Anything else', down.repeat(5) + enter)
  await answer('rolesClaim (', `aws_roles${enter}`)
  await answer('Anything else', enter)
  await answer('offers 2 roles', enter)
  await answer('Name of the profile', enter)
  await answer('AWS region', enter)
  await answer('Write this?', enter)
}
