/** Where a portal is, as far as its start address tells. */
export interface StartUrl {
  /** As the user wrote it: the services compare it so. */
  readonly text: string
  readonly host: string
  /** Whether AWS owns the host, so that what its page says may be believed. */
  readonly isOfAws: boolean
  /** `undefined` where the address does not have it, as those at awsapps.com. */
  readonly region: string | undefined
  /** Whether the portal is the one that is reached by IPv6 too. A device code of the other family leads nowhere. */
  readonly isDualStack: boolean
}

/**
 * The hosts of portals that have their region in their name; from `resolve.py` of AWS CLI 2.36.7, and the user guide,
 * "AWS access portal".
 */
const regional: readonly (readonly [host: RegExp, isDualStack: boolean])[] = [
  [/^ssoins-[\w-]+\.([a-z]{2,}(?:-[a-z]+)+-\d)\.portal\.amazonaws\.(?:com|com\.cn|eu)$/, false],
  [/^ssoins-[\w-]+\.portal\.([a-z]{2,}(?:-[a-z]+)+-\d)\.app\.aws$/, true],
  [/^ssoins-[\w-]+\.portal\.([a-z]{2,}(?:-[a-z]+)+-\d)\.app\.amazonwebservices\.com\.cn$/, true],
  [/^ssoins-[\w-]+\.portal\.([a-z]{2,}(?:-[a-z]+)+-\d)\.api\.amazonwebservices\.eu$/, true],
]

/** The other hosts that AWS owns. That of GovCloud is start.us-gov-home.awsapps.com, that of China start.home.awsapps.cn. */
const others = /(?:^|\.)awsapps\.(?:com|cn)$|^identitycenter\.amazonaws\.com(?:\.cn)?$/

export function readStartUrl({href, origin, hostname, pathname, hash}: URL): StartUrl {
  // A URL without a path gets a slash that nobody wrote.
  const text = pathname === '/' && hash === '' ? origin : href
  for (const [host, isDualStack] of regional) {
    const [, region] = host.exec(hostname) ?? []
    if (region !== undefined) return {text, host: hostname, isOfAws: true, region, isDualStack}
  }
  return {text, host: hostname, isOfAws: others.test(hostname), region: undefined, isDualStack: false}
}

/** The region that the page of a portal names. AWS does not document it. */
export function regionIn(html: string): string | undefined {
  const [tag = ''] = /<meta\s[^>]*\bname\s*=\s*["']region["'][^>]*>/i.exec(html) ?? []
  const [, region] = /\bcontent\s*=\s*["']([a-z]{2,}(?:-[a-z]+)+-\d)["']/i.exec(tag) ?? []
  return region
}
