/** The one instance of IAM Identity Center that the twin plays: plain data. */

export const region = 'us-east-1'

/** Of AWS, so that no client contacts it or takes it for a name of somebody's own; it leads nowhere. */
export const startUrl = 'https://d-1234567890.awsapps.com/start'

/** Every address of the portal by which the instance is known. */
const startUrls: ReadonlySet<string> = new Set([
  startUrl,
  `https://ssoins-1234567890abcdef.${region}.portal.amazonaws.com`,
  `https://ssoins-1234567890abcdef.portal.${region}.app.aws`,
  'https://identitycenter.amazonaws.com/ssoins-1234567890abcdef',
])

/** Whether the text is an address of this instance, in any of its spellings (`/start/`, `/start#/`). */
export function isStartUrl(text: string): boolean {
  return startUrls.has(text.replace(/\/?(#\/?)?$/, ''))
}

/** Below these are the two services and the pages that people see. */
export const oidcPath = '/identity-center/oidc'
export const portalPath = '/identity-center/portal'
export const pagesPath = '/identity-center/pages'
