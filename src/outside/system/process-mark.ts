import {hostname} from 'node:os'

/** Tells this process from all others of this machine, in the name of a file. */
export function processMark(): string {
  return `${hostname().replace(/[^\w-]/g, '_')}.${process.pid}`
}
