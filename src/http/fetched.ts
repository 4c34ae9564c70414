// Lightweight `Headers` and `Response`. Node's own load its whole `fetch`, which takes longer than starting an empty
// process. Rarely used members fall back to Node's.

export {LightHeaders as Headers, LightResponse as Response}

/** Whether `value` is a Response, ours or Node's. */
export function isResponse(value: unknown): value is Response {
  return Object.prototype.toString.call(value) === '[object Response]'
}

class LightHeaders implements Headers {
  readonly #values = new Map<string, readonly string[]>()

  constructor(init: ResponseInit['headers'] = {}) {
    const pairs = Symbol.iterator in init ? init : Object.entries(init)
    for (const [name = '', value = ''] of pairs) this.append(name, String(value))
  }

  append(name: string, value: string): void {
    const key = name.toLowerCase()
    this.#values.set(key, [...(this.#values.get(key) ?? []), value.trim()])
  }

  set(name: string, value: string): void {
    this.#values.set(name.toLowerCase(), [String(value).trim()])
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase())?.join(', ') ?? null
  }

  getSetCookie(): string[] {
    return [...(this.#values.get('set-cookie') ?? [])]
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase())
  }

  delete(name: string): void {
    this.#values.delete(name.toLowerCase())
  }

  forEach(callback: (value: string, name: string, headers: Headers) => void): void {
    for (const [name, value] of this) callback(value, name, this)
  }

  *entries(): Generator<[string, string], undefined> {
    for (const name of [...this.#values.keys()].toSorted()) {
      // Fetch standard, "sort and combine": cookies may contain commas, so don't join them.
      if (name === 'set-cookie') for (const cookie of this.getSetCookie()) yield [name, cookie]
      else yield [name, this.get(name) ?? '']
    }
  }

  *keys(): Generator<string, undefined> {
    for (const [name] of this.entries()) yield name
  }

  *values(): Generator<string, undefined> {
    for (const [, value] of this.entries()) yield value
  }

  [Symbol.iterator](): Generator<[string, string], undefined> {
    return this.entries()
  }

  /** Libraries recognize the class by this. */
  get [Symbol.toStringTag](): string {
    return 'Headers'
  }
}

/** A response whose body has been received completely. */
class LightResponse implements Response {
  readonly status: number
  readonly headers: LightHeaders
  readonly statusText = ''
  readonly redirected = false
  readonly type = 'default'
  readonly url = ''
  readonly #content: string | Uint8Array<ArrayBuffer> | null
  #real: Response | undefined
  #used = false

  constructor(
    content: string | Uint8Array<ArrayBuffer> | null,
    {status = 200, headers}: {readonly status?: number; readonly headers?: ResponseInit['headers']} = {},
  ) {
    this.#content = content
    this.status = status
    this.headers = new LightHeaders(headers)
  }

  static json(value: unknown): LightResponse {
    return new LightResponse(JSON.stringify(value), {headers: {'content-type': 'application/json'}})
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300
  }

  get bodyUsed(): boolean {
    return this.#used || (this.#real?.bodyUsed ?? false)
  }

  get body(): Response['body'] {
    return this.#content === null ? null : this.#asReal().body
  }

  async text(): Promise<string> {
    return this.#take()
      .toString('utf8')
      .replace(/^\ufeff/, '')
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text())
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(this.#take())
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer
  }

  async blob(): Promise<Blob> {
    return this.#asReal().blob()
  }

  async formData(): Promise<FormData> {
    return this.#asReal().formData()
  }

  clone(): LightResponse {
    if (this.bodyUsed) throw new TypeError('The body has been read.')
    return new LightResponse(this.#content, {status: this.status, headers: this.headers})
  }

  get [Symbol.toStringTag](): string {
    return 'Response'
  }

  #take(): Buffer {
    if (this.bodyUsed) throw new TypeError('The body has been read.')
    this.#used = true
    return Buffer.from(this.#content ?? '')
  }

  #asReal(): Response {
    if (this.#used) throw new TypeError('The body has been read.')
    this.#real ??= new Response(this.#content, {status: this.status, headers: [...this.headers]})
    return this.#real
  }
}
