import assert from 'node:assert/strict'
import {checkClient} from '../contract/client.ts'
import type {Host} from '../plugin.ts'
import {askWith, logInto, memoryUntil, noticesOf} from './fake-members.ts'
import {signInsIn} from './fake-sign-ins.ts'
import type {Answer, Asked, FakeHostOptions, FakeMemory, LogLine, Question, Script} from './script.ts'

/** A `Host` that touches nothing outside: it answers from a script and records how the strategy used it. */
export interface FakeHost extends Host {
  readonly memory: FakeMemory
  readonly logged: readonly LogLine[]
  /** The notices that the strategy shows now. The real host takes away what is left when its call has ended. */
  readonly notices: readonly string[]
  /** How the user was asked, in order. */
  readonly asked: readonly Asked[]
  /** Values that must not appear in a log or an error: tokens issued, secrets typed, values in the memory. */
  readonly secrets: readonly string[]
  advance(milliseconds: number): void
  /** Ends every wait, as Ctrl-C does. */
  abort(reason?: Error): void
  /** Throws an AssertionError if an answer of the script was missing or never requested. Call it last. */
  verify(): void
}

// After `abort` every wait of the fake ends at once, so a strategy that carries on would spin forever.
const mostWaitsAfterAbort = 100

export function fakeHost(script: Script = {}, options: FakeHostOptions = {}): FakeHost {
  const {interactive = true, attended = true, flow = 'browser', env = {}} = options
  const notices = noticesOf()
  let time = (options.now ?? new Date('2026-01-01T00:00:00Z')).getTime()
  let waitsAfterAbort = 0
  const controller = new AbortController()
  const {signal} = controller
  const logged: LogLine[] = []
  const asked: Asked[] = []
  const secrets = new Set<string>()
  const missing: string[] = []
  const left: {[Kind in keyof Script]-?: NonNullable<Script[Kind]>[number][]} = {
    tokens: [...(script.tokens ?? [])],
    grants: [...(script.grants ?? [])],
    responses: [...(script.responses ?? [])],
    answers: [...(script.answers ?? [])],
    redirects: [...(script.redirects ?? [])],
    samlDocuments: [...(script.samlDocuments ?? [])],
    samlRoles: [...(script.samlRoles ?? [])],
  }
  const memory = memoryUntil(
    () => time,
    options.memory,
    value => secrets.add(value),
  )

  const signIns = signInsIn(memory, () => time)

  async function next<Request, Value>(
    kind: keyof Script,
    answers: Answer<Request, Value>[],
    request: Request,
    words: string,
  ): Promise<Value> {
    if (signal.aborted && ++waitsAfterAbort > mostWaitsAfterAbort) return new Promise(() => undefined)
    signal.throwIfAborted()
    if (options.hangs) return untilAborted()
    const answer = answers.shift()
    if (answer === undefined) {
      missing.push(words)
      throw new assert.AssertionError({message: `The script has no answer in "${kind}" for ${words}.`})
    }
    if (answer instanceof Error) throw answer
    return isFunction(answer) ? Promise.race([answer(request), untilAborted()]) : answer
  }

  function untilAborted(): Promise<never> {
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), {once: true})
    })
  }

  function reach(where: string): void {
    signal.throwIfAborted()
    if (!interactive) throw errorWith('SIGN_IN_REQUIRED', `You need to sign in to ${where}.`, {hint: 'aws-oidc login'})
  }

  async function ask(question: Question): Promise<string | number> {
    asked.push({by: 'question', ...question})
    reach(`"${question.question}"`)
    return next('answers', left.answers, question, `the question "${question.question}"`)
  }

  const host: FakeHost = {
    interactive,
    flow,
    env,
    signal,
    memory,
    logged,
    asked,
    get secrets() {
      return [...secrets]
    },
    log: logInto(logged),
    ask: askWith(interactive && attended, ask, answer => secrets.add(answer)),
    notice: notices.notice,
    notices: notices.shown,
    now: () => new Date(time),
    error: errorWith,
    advance(milliseconds) {
      time += milliseconds
    },
    abort: (reason = new Error('aborted')) => controller.abort(reason),

    async sleep(milliseconds) {
      if (signal.aborted && ++waitsAfterAbort > mostWaitsAfterAbort) return untilAborted()
      signal.throwIfAborted()
      if (options.hangs) return untilAborted()
      time += milliseconds
    },

    fetch(input, init) {
      const request = new Request(input, init)
      return next('responses', left.responses, request, `${request.method} ${request.url}`)
    },

    async tokens(client, {fresh = false} = {}) {
      checkClient(client)
      const kept = await signIns.load(client)
      if (kept.tokens && !fresh) return kept.tokens
      if (kept.id === undefined) {
        reach(client.issuer.host)
        asked.push({by: 'sign-in', client})
      }
      const tokens = await next('tokens', left.tokens, {client, fresh}, `tokens of ${client.issuer.href}`)
      secrets.add(tokens.accessToken)
      if (tokens.idToken !== undefined) secrets.add(tokens.idToken)
      await signIns.save(client, tokens, kept)
      return tokens
    },

    async grant(client, form) {
      checkClient(client)
      const answer = await next('grants', left.grants, {client, form}, `a grant "${form.grant_type}"`)
      for (const [name, value] of Object.entries(answer.body)) {
        if (name.endsWith('_token') && typeof value === 'string') secrets.add(value)
      }
      return answer
    },

    async revoke(client) {
      checkClient(client)
      await signIns.remove(client)
    },

    async endSession(client) {
      checkClient(client)
      asked.push({by: 'browser', url: client.issuer})
    },

    async showCode({url, completeUrl, code}) {
      reach(url.host)
      for (const address of [url, ...(completeUrl ? [completeUrl] : [])]) {
        if (isSafe(address) && address.username === '' && address.password === '') continue
        throw errorWith('BAD_RESPONSE', `The sign-in address that the provider sent is not safe: ${address.host}.`)
      }
      asked.push({by: 'code', url, code})
    },

    async openBrowser(url) {
      reach(url.host)
      if (!isSafe(url)) {
        throw errorWith('BAD_RESPONSE', `The provider names an address that is not safe to open: ${url.origin}.`)
      }
      asked.push({by: 'browser', url})
    },

    async listen({host: name = '127.0.0.1', ports: [port = 49_152] = [], path = '/callback'} = {}) {
      reach('the provider')
      const url = new URL(`http://${name}:${port}${path}`)
      return {url, received: state => next('redirects', left.redirects, {url, state}, `a redirect to ${url.href}`)}
    },

    async samlFromBrowser(start) {
      if (script.samlDocuments === undefined) {
        throw errorWith('CONFIG_INVALID', "This version of aws-oidc can't capture a SAML response from the browser.", {
          hint: 'aws-oidc version',
        })
      }
      const session = `browser ${start.host}`
      if ((await memory.get(session)) === undefined) {
        reach(start.host)
        asked.push({by: 'browser', url: start})
      }
      const document = await next('samlDocuments', left.samlDocuments, start, `a SAML response from ${start.href}`)
      secrets.add(document)
      await memory.set(session, 'the session of the browser', new Date(time + 8 * 3_600_000))
      return document
    },

    rolesIn: document => next('samlRoles', left.samlRoles, document, 'the roles of a SAML response'),

    verify() {
      const unused = Object.entries(left).flatMap(([kind, {length}]) => (length ? [`${length} of "${kind}"`] : []))
      const problems = [
        ...missing.map(words => `The script has no answer for ${words}.`),
        ...(unused.length ? [`Never asked for: ${unused.join(', ')}.`] : []),
      ]
      assert.equal(problems.join('\n'), '')
    },
  }
  return host
}

const errorWith: Host['error'] = (code, message, {hint, cause} = {}) =>
  Object.assign(new Error(message, cause === undefined ? undefined : {cause}), {code, hint})

/** Whether the host would show or open an address: https, or http on this machine. */
function isSafe({protocol, hostname}: URL): boolean {
  const isLoopback = ['localhost', '[::1]'].includes(hostname) || /^127(\.\d{1,3}){3}$/.test(hostname)
  return protocol === 'https:' || (protocol === 'http:' && isLoopback)
}

function isFunction<Request, Value>(
  answer: Answer<Request, Value>,
): answer is (request: Request) => Value | Promise<Value> {
  return typeof answer === 'function'
}
