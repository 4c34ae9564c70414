import {isRole} from '../aws/role.ts'
import type {Log, Role} from '../plugin.ts'
import {printable} from '../text/printable.ts'
import {nameOf} from './role-choice.ts'

const mostNamed = 5

/**
 * Returns a filter that keeps the offered roles that are valid at AWS, each once. The others could never be assumed,
 * but would be written to files and command lines; they are left out one by one, and named the first time.
 */
export function fittingAt(provider: string, log: Log): (roles: readonly Role[]) => readonly Role[] {
  let wasShown = false
  return roles => {
    const unfit = roles.filter(role => !isRole(role))
    if (!wasShown) {
      for (const role of unfit.slice(0, mostNamed)) {
        log.warn(`"${provider}" offers "${printable(nameOf(role), 150)}", which is not an AWS role. It is left out.`)
      }
      const more = unfit.length - mostNamed
      if (more > 0) log.warn(`"${provider}" offers ${more} more that are not AWS roles. They are left out, too.`)
    }
    wasShown = true
    const fit = roles.filter(isRole).map(role => [`${nameOf(role)},${role.principalArn}`, role] as const)
    return [...new Map(fit).values()]
  }
}
