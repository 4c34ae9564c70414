/** How the SAML identity provider behaves and writes its documents. The README, "SAML", describes the members. */
export interface SamlOrder extends DocumentOrder {
  readonly exchange: 'on' | 'off' | 'not-permitted'
  readonly subjectTokenTypes: readonly SubjectTokenType[]
}

export type SubjectTokenType = 'access_token' | 'id_token'

export interface DocumentOrder {
  readonly form: 'assertion' | 'response'
  readonly encoding: 'base64' | 'base64url'
  readonly padded: boolean
  readonly c14n: 'exclusive' | 'inclusive'
  readonly pairOrder: 'role-first' | 'provider-first'
  readonly lifetimeSeconds: number
  readonly change: SamlChange
}

/** Mistakes and unusual features to put into a document. */
export interface SamlChange {
  readonly issueInstantSecondsAgo?: number | undefined
  readonly issuer?: string | undefined
  readonly nameIdFormat?: string | undefined
  readonly recipient?: string | undefined
  readonly audience?: string | undefined
  readonly drop?: readonly Droppable[] | undefined
  readonly signature?: 'none' | 'foreign-key' | 'broken' | 'response-only' | undefined
  readonly encrypted?: boolean | undefined
  readonly extraRoles?: readonly string[] | undefined
  readonly sessionNotOnOrAfterSeconds?: number | undefined
  readonly commentIn?: Commentable | undefined
  readonly doctype?: boolean | undefined
  readonly secondAssertion?: boolean | undefined
  /** Attributes by name, short for AWS's own; null omits an attribute. */
  readonly attributes?: Readonly<Record<string, readonly string[] | null>> | undefined
}

export const droppables = [
  ...(['Role', 'RoleSessionName', 'SessionDuration'] as const),
  ...(['Issuer', 'NameID', 'SubjectConfirmation', 'Recipient', 'NotOnOrAfter'] as const),
  ...(['Conditions', 'AudienceRestriction', 'AuthnStatement'] as const),
] as const
export type Droppable = (typeof droppables)[number]

export const commentables = ['Issuer', 'NameID', 'Audience', 'Role', 'RoleSessionName', 'SessionDuration'] as const
export type Commentable = (typeof commentables)[number]

/** Keycloak's behaviour. */
export const usualOrder: SamlOrder = {
  form: 'assertion',
  encoding: 'base64url',
  padded: false,
  c14n: 'exclusive',
  pairOrder: 'role-first',
  lifetimeSeconds: 60,
  change: {},
  exchange: 'on',
  subjectTokenTypes: ['access_token'],
}

/** A document in the form that STS accepts. */
export const usualMint: DocumentOrder = {...usualOrder, form: 'response', encoding: 'base64', padded: true}
