import {AwsOidcError, printable} from '../errors.ts'
import {isSafeAddress} from '../http/loopback-address.ts'
import {named} from '../text/json.ts'
import {readDuration} from './duration.ts'
import {nearest} from './nearest.ts'
import {problemOfRegion, regionLike} from './region.ts'

/** A value of the configuration and its position, so that a complaint can name the place. */
export class Node {
  readonly value: unknown
  /** The path in the configuration: `providers.corp.duration`. */
  readonly name: string
  readonly #path: readonly string[]
  readonly #locate: (path: readonly string[]) => string

  constructor(value: unknown, path: readonly string[], locate: (path: readonly string[]) => string) {
    this.value = value
    this.name = path.join('.')
    this.#path = path
    this.#locate = locate
  }

  complain(problem: string, hint?: string): AwsOidcError {
    return new AwsOidcError('CONFIG_INVALID', `${this.place()} ${problem}.`, {hint})
  }

  /** File, line, column and name. */
  place(): string {
    return `${this.#locate(this.#path)}: ${this.name === '' ? 'the file' : this.name}`
  }

  /** The members of a mapping. With `known`, any other name is an error that suggests the nearest one. */
  members(known?: readonly string[]): ReadonlyMap<string, Node> {
    if (this.value === null || this.value === undefined) return new Map()
    if (typeof this.value !== 'object' || Array.isArray(this.value))
      throw this.complain('must hold names and values', 'Write them as "name: value", one per line.')
    const found = new Map<string, Node>()
    for (const [name, value] of Object.entries(this.value)) {
      const member = new Node(value, [...this.#path, name], this.#locate)
      if (known && !known.includes(name)) throw member.complain('is not known', didYouMean(name, known))
      found.set(name, member)
    }
    return found
  }

  text(): string {
    if (typeof this.value !== 'string' || this.value === '') throw this.complain('must be text')
    return this.value
  }

  region(): string {
    const region = this.text()
    const problem = problemOfRegion(printable(region, 60))
    if (problem !== undefined)
      throw this.complain(`must be an AWS region: ${problem}`, `region: ${regionLike(region) ?? 'us-east-1'}`)
    return region
  }

  oneOf<Choice extends string>(choices: readonly Choice[]): Choice {
    const found = choices.find(choice => choice === this.value)
    if (found === undefined) throw this.complain(`must be one of: ${choices.join(', ')}`)
    return found
  }

  boolean(): boolean {
    if (typeof this.value !== 'boolean') throw this.complain('must be true or false')
    return this.value
  }

  integer(from: number, to: number): number {
    const {value} = this
    if (typeof value !== 'number' || !Number.isInteger(value) || value < from || value > to) {
      throw this.complain(`must be a whole number from ${from} to ${to}`)
    }
    return value
  }

  seconds(): number {
    const seconds = readDuration(this.value)
    if (seconds === undefined) throw this.complain('must be a duration such as 12h, 90m or 3600')
    return seconds
  }

  texts(): readonly string[] {
    return this.list().map(item => item.text())
  }

  list(): readonly Node[] {
    if (!Array.isArray(this.value)) throw this.complain('must be a list')
    return this.value.map((item: unknown, index) => new Node(item, [...this.#path, String(index)], this.#locate))
  }

  textMap(): Readonly<Record<string, string>> {
    return named([...this.members()].map(([name, member]) => [name, member.text()] as const))
  }

  /** An address that may carry secrets: https, or http on this machine. */
  url(): URL {
    const url = URL.parse(this.text())
    if (!url) throw this.complain('must be an address such as https://sso.example.com')
    if (!isSafeAddress(url)) {
      throw this.complain('must start with https:// (http:// is for this machine only)')
    }
    if (url.username !== '' || url.password !== '') throw this.complain('must not hold a user name or password')
    return url
  }
}

function didYouMean(name: string, known: readonly string[]): string {
  const near = nearest(name, known)
  return near === undefined ? `Known here: ${known.join(', ')}` : `Did you mean "${near}"?`
}
