import type {KoaContextWithOIDC} from 'oidc-provider'

const style = `
:root{color-scheme:light dark;--ink:#1d2433;--paper:#f4f6fa;--card:#fff;--line:#c3cad8;--accent:#2456c4;--alert:#a3171f}
@media(prefers-color-scheme:dark){:root{--ink:#e6eaf2;--paper:#12161f;--card:#1b2130;--line:#465066;--accent:#8ab0ff;--alert:#ff9a9a}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{width:min(22rem,92vw);padding:2rem;background:var(--card);border:1px solid var(--line);border-radius:.75rem}
h1{margin:0 0 1rem;font-size:1.4rem}
label{display:block;margin:.9rem 0 .25rem}
input{width:100%;padding:.55rem .7rem;font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:.4rem}
button{margin:1.4rem .5rem 0 0;padding:.55rem 1.1rem;font:inherit;border:1px solid var(--accent);border-radius:.4rem;background:transparent;color:var(--accent);cursor:pointer}
button.main{background:var(--accent);color:var(--card)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
dt{margin-top:.9rem;font-weight:600}
dd{margin:0;overflow-wrap:anywhere}
a{color:var(--accent)}
code{font-size:1.6rem;letter-spacing:.1em}
[role=alert]{color:var(--alert)}`

/** Chrome also applies form-action to redirects after a form, so it must allow the client's loopback address. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "form-action 'self' http://127.0.0.1:* http://localhost:*",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

export const pageHeaders = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': contentSecurityPolicy,
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
}

export function signInPage(clientId: string, userName: string, alert?: string): string {
  return page(
    'Sign in',
    `<p>to continue to <strong>${escapeHtml(clientId)}</strong></p>
${alertText(alert)}
<form method="post">
<label for="username">User name</label>
<input id="username" name="username" value="${escapeHtml(userName)}" autocomplete="username" autocapitalize="none" spellcheck="false" autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password">
<button class="main" name="decision" value="sign-in">Sign in</button><button name="decision" value="cancel">Cancel</button>
</form>`,
  )
}

export function errorPage(message: string): string {
  return page('This did not work', `${alertText(message)}<p>Go back to where you came from and try again.</p>`)
}

export function showError(
  context: KoaContextWithOIDC,
  out: {error: string; error_description?: string | undefined},
): void {
  context.set(pageHeaders)
  context.body = errorPage([out.error, out.error_description].filter(Boolean).join(': '))
}

export function confirmLogout(context: KoaContextWithOIDC, form: string): void {
  context.set(pageHeaders)
  const buttons = `<button class="main" form="op.logoutForm" name="logout" value="yes">Sign out</button>
<button form="op.logoutForm">Stay signed in</button>`
  context.body = page('Sign out of the sandbox?', form + buttons)
}

export function showSignedOut(context: KoaContextWithOIDC): void {
  context.set(pageHeaders)
  context.body = page('You are signed out', '<p>This window can be closed.</p>')
}

export function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title} · aws-oidc sandbox</title><style>${style}</style></head>
<body><main><h1>${title}</h1>
${content}
</main></body></html>
`
}

export function alertText(text: string | undefined): string {
  return text === undefined ? '' : `<p role="alert">${escapeHtml(text)}</p>`
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}
