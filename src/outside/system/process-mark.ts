import {hostname} from 'node:os'

/** Distinguishes this process from all others, in the name of a file: host name and process id. */
export function processMark(): string {
  return `${hostname().replace(/[^\w-]/g, '_')}.${process.pid}`
}
