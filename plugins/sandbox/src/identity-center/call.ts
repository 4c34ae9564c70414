import type {JournalEntry} from '../journal.ts'
import type {JsonObject} from '../json.ts'
import type {SandboxState} from '../state.ts'

/** What an operation adds to the journal, also where it refuses in the end. */
export type Notes = {-readonly [K in 'grant' | 'role' | 'user' | 'spent' | 'given']?: JournalEntry[K]}

/** A request to one of the two services. */
export interface Call {
  readonly headers: NodeJS.Dict<string | string[]>
  readonly query: URLSearchParams
  /** The members of the JSON body. */
  readonly input: JsonObject
  readonly notes: Notes
  readonly state: SandboxState
}

/** The way of answering of the authorization endpoint. */
export class Redirect {
  readonly location: string

  constructor(location: string) {
    this.location = location
  }
}
