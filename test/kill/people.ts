import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as pause} from 'node:timers/promises'
import {BrowseError, browse} from '../../plugins/sandbox/src/browse.ts'
import type {Home} from '../support/home.ts'
import type {Asked} from './facts.ts'

/** The users of the browsers that callers open. They sign in whatever has happened to the caller. */
export interface People {
  /** Switches the user: from alice to bob, or from bob to alice. */
  changeSeats(): void
  /** Sets how long a sign-in takes. */
  take(milliseconds: number): void
  /** Handles the browsers that were opened since the last look. */
  look(): Promise<void>
  /** Resolves when all sign-ins are done. */
  done(): Promise<void>
  /** The sign-ins since the last call of this function. */
  asked(): readonly Asked[]
}

/** The browser command of the callers: it only records the caller and the address. */
export function browserOf({folder}: Home): readonly string[] {
  return ['/bin/sh', '-c', `echo "$CALLER $0" >>'${join(folder, 'opened')}'`]
}

export function peopleAt({folder}: Home): People {
  const busy = new Set<Promise<void>>()
  let [userName, milliseconds] = ['alice', 0]
  let asked: Asked[] = []
  let seen = 0

  async function signIn(address: string): Promise<void> {
    const user = {userName}
    await pause(milliseconds)
    try {
      await browse(address, user)
    } catch (error) {
      // If the caller is gone, the redirect is not answered.
      if (!(error instanceof BrowseError)) throw error
    }
  }

  return {
    changeSeats() {
      userName = userName === 'alice' ? 'bob' : 'alice'
    },
    take(time) {
      milliseconds = time
    },
    async look() {
      const text = await readFile(join(folder, 'opened'), 'utf8').catch(() => '')
      const whole = text.slice(seen, text.lastIndexOf('\n') + 1)
      seen += whole.length
      for (const line of whole.split('\n').slice(0, -1)) {
        const [caller = '', address = ''] = line.split(' ')
        asked.push({caller, at: Date.now()})
        const signedIn = signIn(address).finally(() => busy.delete(signedIn))
        busy.add(signedIn)
      }
    },
    async done() {
      await Promise.all(busy)
    },
    asked() {
      const found = asked
      asked = []
      return found
    },
  }
}
