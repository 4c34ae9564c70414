import {callerLines} from './caller-lines.ts'
import type {Pointer} from './pointer.ts'
import {linesOf, nameFor, type Stamped, type StampedFolder} from './stamp.ts'

/** Writes a pointer, and resolves to its name; `undefined` if it has no form that its reader takes. */
export async function putPointer(
  {cache, entry, key, role}: Pointer,
  stamped: Stamped,
  folder: StampedFolder,
  now: Date,
): Promise<string | undefined> {
  // A colon has a special meaning in the file names of Windows.
  const name = nameFor(stamped, ',')
  const content = JSON.stringify({cache, entry, key, role})
  const text = linesOf(callerLines.pointer, stamped, content)
  if (
    name === undefined ||
    text === undefined ||
    callerLines.pointer.variables.some(name => hasPassword(stamped.env[name]))
  )
    return undefined
  const pointers = await folder.list(file => file.includes(',') && file !== name)
  const over = pointers.filter(file => file.modifiedAt <= now)
  await folder.put(name, text, stamped.serveUntil)
  await Promise.all(over.map(file => folder.remove(file.name)))
  return name
}

/** Whether an address has a password before its host, which would be kept on disk. */
function hasPassword(value: string | undefined): boolean {
  return /:\/\/[^/?#]*@/.test(value ?? '')
}
