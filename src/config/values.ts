import {checkSessionDuration, isSessionDuration} from './duration.ts'
import type {Node} from './node.ts'
import type {Program} from './schema.ts'

export function readSessionDuration(node: Node | undefined): number | undefined {
  const seconds = node?.seconds()
  // Only an invalid value needs its position, for which the text has to be parsed.
  return !node || seconds === undefined || isSessionDuration(seconds)
    ? seconds
    : checkSessionDuration(seconds, node.place())
}

export function readProgram(node: Node | undefined): Program | undefined {
  if (!node) return undefined
  const [program, ...args] = Array.isArray(node.value) ? node.texts() : [node.text()]
  if (program === undefined) throw node.complain('must name a program')
  return [program, ...args]
}
