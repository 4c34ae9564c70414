import {printable} from '../errors.ts'
import type {Node} from './node.ts'

/** Names of AWS accounts by id. Names need not be unique. */
export function readAccounts(node: Node | undefined): ReadonlyMap<string, string> {
  return new Map([...(node?.members() ?? [])].map(([id, member]) => [id, readName(id, member)]))
}

function readName(id: string, member: Node): string {
  if (!/^\d{12}$/.test(id)) {
    throw member.complain(
      'must be the twelve digits of an AWS account',
      'Write them all, leading zeros too, in quotes: "012345678901": production',
    )
  }
  const name = member.text()
  if (printable(name, 100) === name) return name
  throw member.complain('must be a name of at most 100 characters, in one line, without control characters')
}
