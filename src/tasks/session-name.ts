import {AwsOidcError} from '../errors.ts'
import {memberOf} from '../json.ts'

/**
 * The role session name of a template such as `{email}`, or of the subject where there is none. Characters that STS
 * refuses become `-`; it takes 2 to 64 of `[\w+=,.@-]`. Throws CONFIG_INVALID for a claim that is not there.
 */
export function sessionNameOf(
  template: string | undefined,
  person:
    | {readonly subject?: string | undefined; readonly claims?: Readonly<Record<string, unknown>> | undefined}
    | undefined,
): string {
  const {subject, claims} = person ?? {}
  const text =
    template?.replace(/\{([^{}]+)\}/g, (_, name: string) => {
      const value = claims && memberOf(claims, name)
      if (typeof value === 'string' || typeof value === 'number') return String(value)
      throw new AwsOidcError(
        'CONFIG_INVALID',
        `sessionName "${template}" needs the claim "${name}", which the sign-in lacks.`,
        {
          hint: `Claims there are: ${Object.keys(claims ?? {}).join(', ') || 'none'}.`,
        },
      )
    }) ?? subject
  return (text ?? 'aws-oidc')
    .replace(/[^\w+=,.@-]/g, '-')
    .slice(0, 64)
    .padEnd(2, '-')
}
