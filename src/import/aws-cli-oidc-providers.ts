import {isAbsolute} from 'node:path'
import {durationText} from '../config/duration.ts'
import {expectedFailure} from '../errors.ts'
import {entryOf, type Field} from '../setup/fields.ts'
import {readObject} from '../text/json.ts'

/** A provider of aws-cli-oidc, in the terms of its config.yaml. */
export interface ForeignProvider {
  readonly name: string
  /** Settings as aws-cli-oidc reads them: every value is text, and names are case-insensitive (lower case here). */
  readonly settings: ReadonlyMap<string, string>
}

const metadataUrl = 'oidc_provider_metadata_url'

/** Finds the providers at any depth: aws-cli-oidc writes a provider with a dot in its name as nested mappings. */
export function foreignProviders(value: unknown, name?: string): readonly ForeignProvider[] {
  const members = Object.entries(readObject(value)).map(([key, member]) => [key.toLowerCase(), member] as const)
  if (name !== undefined && members.some(([key]) => key === metadataUrl || key === 'client_id')) {
    return [{name, settings: new Map(members.map(([key, member]) => [key, textOf(member)]))}]
  }
  return members.flatMap(([key, member]) => foreignProviders(member, name === undefined ? key : `${name}.${key}`))
}

function textOf(value: unknown): string {
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : ''
}

/** A provider of aws-cli-oidc in the terms of our configuration. */
export interface TranslatedProvider {
  readonly strategy: string
  readonly entry: Readonly<Record<string, unknown>>
  /** The client secret, which goes into the keyring and not into the configuration. */
  readonly secret: string | undefined
  /** Settings that could not be taken over, with the reason. */
  readonly left: readonly string[]
}

/** The strategy, by `aws_federation_type`: `oidc` and `saml2` have the same names in both tools. */
export function strategyOf({settings}: ForeignProvider): string | undefined {
  return ['oidc', 'saml2'].find(strategy => strategy === settings.get('aws_federation_type'))
}

/** Settings that only change their name. If several become the same one, the first that is there counts. */
const renamed: readonly (readonly [theirs: string, ours: string])[] = [
  [metadataUrl, 'issuer'],
  ['client_id', 'clientId'],
  ['oidc_provider_token_exchange_audience', 'audience'],
  ['oidc_provider_token_exchange_subject_token_type', 'subjectTokenType'],
  ['default_iam_role_arn', 'defaultRole'],
  ['aws_federation_role', 'defaultRole'],
  ['max_session_duration_seconds', 'duration'],
  ['aws_federation_role_session_name', 'sessionName'],
  ['successful_redirect_url', 'pages.success'],
  ['failure_redirect_url', 'pages.failure'],
]

export function translated(provider: ForeignProvider, strategy: string, fields: readonly Field[]): TranslatedProvider {
  const {settings} = provider
  const answers = new Map<string, unknown>()
  const left: string[] = []
  const leave = (name: string, why: string) => void left.push(`${name}: ${why}`)
  const take = (theirs: string, ours: string, text: string) => {
    const field = fields.find(({name}) => name === ours)
    if (!field || answers.has(ours)) return
    try {
      answers.set(ours, field.read(text, theirs))
    } catch (error) {
      const failure = expectedFailure(error)
      if (!failure) throw error
      left.push(failure.message)
    }
  }
  // aws-cli-oidc gets its assertions by token exchange.
  if (fields.some(({name}) => name === 'via')) take('aws_federation_type', 'via', 'token-exchange')
  for (const [theirs, ours] of renamed) {
    const value = settings.get(theirs)
    if (value) take(theirs, ours, inOurWords(ours, value))
  }
  const query = settings.get('oidc_authentication_request_additional_query')
  if (query) take('oidc_authentication_request_additional_query', 'parameters', encoded(query))
  takeFiles(settings, (theirs, ours, path) => take(theirs, ours, path), leave)
  if (/^(1|t|true)$/i.test(settings.get('insecure_skip_verify') ?? '')) {
    leave(
      'insecure_skip_verify',
      'certificates are always checked here; "tls: {ca: FILE}" names the authority to trust',
    )
  }
  // aws-cli-oidc redirects to http://127.0.0.1:PORT, so the provider may know no other path.
  answers.set('redirect.path', '/')
  const secret = settings.get('client_secret') || undefined
  if (secret !== undefined) answers.set('clientSecret', {keyring: provider.name})
  return {strategy, entry: entryOf(strategy, fields, answers), secret, left}
}

function inOurWords(setting: string, value: string): string {
  if (setting === 'duration' && /^\d+$/.test(value)) return String(durationText(Number(value)))
  return value.replace(/^urn:ietf:params:oauth:token-type:/, '')
}

/** Encodes names and values, which aws-cli-oidc takes literally. */
function encoded(query: string): string {
  const pairs = query.split('&').map(pair => /^([^=]*)=?(.*)$/s.exec(pair)?.slice(1) ?? [])
  return pairs.map(pair => pair.map(encodeURIComponent).join('=')).join('&')
}

/** Takes over the TLS files with absolute paths. Certificate and key are useless without each other. */
function takeFiles(
  settings: ForeignProvider['settings'],
  take: (theirs: string, ours: string, path: string) => void,
  leave: (name: string, why: string) => void,
): void {
  const relative = 'the path is relative to where aws-cli-oidc was started; write the whole path'
  const [cert = '', key = '', ca = ''] = ['cert', 'key', 'ca'].map(name => settings.get(`client_auth_${name}`))
  if (cert && key && isAbsolute(cert) && isAbsolute(key)) {
    take('client_auth_cert', 'tls.cert', cert)
    take('client_auth_key', 'tls.key', key)
  } else if (cert || key) {
    leave('client_auth_cert, client_auth_key', cert && key ? relative : 'one of them is missing')
  }
  if (ca && isAbsolute(ca)) take('client_auth_ca', 'tls.ca', ca)
  else if (ca) leave('client_auth_ca', relative)
}
