import {existsSync} from 'node:fs'

/** Whether this is a container of Docker or Podman, by the files that they put into each. */
export function inContainer(): boolean {
  return existsSync('/.dockerenv') || existsSync('/run/.containerenv')
}
