import {setTimeout as pause} from 'node:timers/promises'

/** Resolves when `holds` does; rejects with `what` after a minute, or the given limit. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limitMilliseconds = 60_000,
): Promise<void> {
  const end = Date.now() + limitMilliseconds
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`)
    await pause(50)
  }
}
