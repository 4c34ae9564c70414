import {createHash} from 'node:crypto'

/** The page that the browser shows at the end. Self-contained, without scripts, for light and dark mode. */
export interface Page {
  readonly html: string
  readonly headers: Readonly<Record<string, string>>
}

const style = `
:root{color-scheme:light dark;--ground:#f6f7f9;--card:#fff;--text:#1c2430;--soft:#5b6675;--good:#1a7f4b;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--ground:#14181f;--card:#1d232d;--text:#e8ecf2;--soft:#9aa6b6;--good:#5bd196;--bad:#ff8a80}}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--ground);color:var(--text);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{background:var(--card);border-radius:12px;padding:2.5rem 3rem;max-width:30rem;margin:1rem;box-shadow:0 1px 3px #0002}
h1{font-size:1.4rem;margin:0 0 .5rem}p{margin:.5rem 0 0;color:var(--soft);overflow-wrap:anywhere}
.good h1::before{content:"✓ ";color:var(--good)}.bad h1::before{content:"✕ ";color:var(--bad)}`

const styleHash = createHash('sha256').update(style).digest('base64')

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  connection: 'close',
}

export function successPage(): Page {
  return page('good', 'You are signed in', ['You can close this window and go back to your terminal.'])
}

export function failurePage(reason: string): Page {
  return page('bad', 'You are not signed in', [reason, 'You can close this window. Your terminal says what to do.'])
}

export function strayPage(): Page {
  return page('bad', 'Nothing to see here', [
    'This address only receives the result of a sign-in, and this request was not one.',
  ])
}

/** Redirects the browser, for example to a page of the user's company. */
export function redirectPage(target: URL): Page {
  return {html: '', headers: {...headers, location: target.href}}
}

function page(mood: 'good' | 'bad', title: string, paragraphs: readonly string[]): Page {
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)} - aws-oidc</title><style>${style}</style></head>
<body><main class="${mood}"><h1>${escapeHtml(title)}</h1>${paragraphs.map(text => `<p>${escapeHtml(text)}</p>`).join('')}</main></body></html>
`
  return {html, headers}
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}
