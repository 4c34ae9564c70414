import {existsSync} from 'node:fs'

/** Whether Docker or Podman has left its mark: the files that they put into each container. */
export function inContainer(): boolean {
  return existsSync('/.dockerenv') || existsSync('/run/.containerenv')
}
