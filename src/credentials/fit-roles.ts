import {isRole} from '../aws/role.ts'
import type {Log, Role} from '../plugin.ts'
import {printable} from '../text/printable.ts'
import {nameOf} from './role-choice.ts'

const mostNamed = 5

/**
 * Finds among the roles that a provider offers those that AWS can have, each of them once. The others are left out one by
 * one, and named the first time: they would be written to files and command lines, and could never be taken.
 */
export function fittingAt(provider: string, log: Log): (roles: readonly Role[]) => readonly Role[] {
  let told = false
  return roles => {
    const unfit = roles.filter(role => !isRole(role))
    if (!told) {
      for (const role of unfit.slice(0, mostNamed)) {
        log.warn(`"${provider}" offers "${printable(nameOf(role), 150)}", which is no role of AWS. It is left out.`)
      }
      const more = unfit.length - mostNamed
      if (more > 0) log.warn(`"${provider}" offers ${more} more that are no roles of AWS. They are left out, too.`)
    }
    told = true
    const fit = roles.filter(isRole).map(role => [`${nameOf(role)},${role.principalArn}`, role] as const)
    return [...new Map(fit).values()]
  }
}
