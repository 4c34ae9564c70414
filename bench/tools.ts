import {accessSync, constants} from 'node:fs'
import {delimiter, join} from 'node:path'
import {root} from '../test/support/sandbox.ts'

/** The AWS CLI of the tests, else the first on the PATH. */
export function awsCli(): string | undefined {
  const folders = [join(root, '.cache/python/bin'), ...(process.env.PATH ?? '').split(delimiter)]
  return folders.map(folder => join(folder, 'aws')).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
