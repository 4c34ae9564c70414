import type {KoaContextWithOIDC as Context} from 'oidc-provider'
import {alertText, escapeHtml, page, pageHeaders} from './pages.ts'

/** Asks for the code that a device shows, and explains what was wrong with the last one. */
export function showCodeForm(context: Context, _form: string, _out?: unknown, error?: Error): void {
  if (error?.name === 'AbortedError') {
    show(context, 'The device was not signed in', '<p>You declined. This window can be closed.</p>')
    return
  }
  const alert = alertText(error && `${sentences.get(error.name) ?? error.message}.`)
  const field = `<label for="user_code">Code shown by the device</label>
<input id="user_code" name="user_code" autocomplete="off" autocapitalize="characters" spellcheck="false" autofocus>
<button class="main">Continue</button>`
  show(context, 'Sign in a device', `${alert}${formTo(context, field)}`)
}

const sentences: ReadonlyMap<string, string> = new Map([
  ['NoCodeError', 'No code was entered'],
  ['NotFoundError', 'There is no such code'],
  ['ExpiredError', 'The code has expired; start again on the device'],
  ['AlreadyUsedError', 'The code has been used already'],
])

/** Has the user compare the code, so as not to sign in somebody else's device (RFC 8628, 3.3.1 and 5.4). */
export function showCodeConfirmation(
  context: Context,
  _form: string,
  client: {readonly clientId: string},
  _device: unknown,
  userCode: string,
): void {
  const question = `<strong>${escapeHtml(client.clientId)}</strong> on a device wants to be signed in.`
  show(context, 'Sign in this device?', `<p>${question}</p>${confirmation(context, userCode)}`)
}

/** The confirmation page for the address that contains the code; the provider's own would post a form by script. */
export function showCompleteAddress(context: Context, userCode: string): void {
  show(context, 'Sign in this device?', `<p>A device wants to be signed in.</p>${confirmation(context, userCode)}`)
}

export function showDeviceSignedIn(context: Context): void {
  show(context, 'The device is signed in', '<p>This window can be closed.</p>')
}

function confirmation(context: Context, userCode: string): string {
  return `<p>Continue only if it shows this code:</p><p><code>${escapeHtml(userCode)}</code></p>
${formTo(
  context,
  `<input type="hidden" name="user_code" value="${escapeHtml(userCode)}">
<button class="main" name="confirm" value="yes">Continue</button><button name="abort" value="yes">Cancel</button>`,
)}`
}

function formTo({oidc}: Context, content: string): string {
  const secret = escapeHtml(String(oidc.session?.state?.secret ?? ''))
  return `<form method="post" action="${escapeHtml(oidc.urlFor('code_verification'))}">
<input type="hidden" name="xsrf" value="${secret}">
${content}
</form>`
}

function show(context: Context, title: string, content: string): void {
  context.set(pageHeaders)
  context.body = page(title, content)
}
