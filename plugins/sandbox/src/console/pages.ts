import {isoSeconds} from '../clock.ts'
import {alertText, escapeHtml, page, pageHeaders} from '../openid/pages.ts'
import {sessionArn} from '../sts/roles.ts'
import type {FederationError} from './federation.ts'
import type {ConsoleSession} from './sessions.ts'

export interface ConsolePage {
  readonly html: string
  readonly headers: Readonly<Record<string, string>>
}

/** Stands in for the console: shows who is signed in, until when, and the requested page. */
export function homePage(session: ConsoleSession, destination: string): ConsolePage {
  const rows = [
    ['Account', session.account],
    ['Signed in as', sessionArn(session)],
    ['Until', isoSeconds(session.expiresAt)],
    ['Page', destination],
  ]
  const list = rows.map(([name = '', value = '']) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`).join('\n')
  return shown(
    'AWS console',
    `<dl>\n${list}\n</dl>\n<p>The console of a sandbox has no more than this.</p>\n${logOutLink}`,
  )
}

export function refusedPage({message, occupied}: FederationError): ConsolePage {
  return shown(message, `${alertText(`HTTP Status 400 - ${message}`)}${occupied ? logOutLink : ''}`)
}

export const signedOutPage = shown('You are not signed in', '<p>This window can be closed.</p>')

const logOutLink = '<p><a href="/console/oauth?Action=logout">Log out</a></p>'

function shown(title: string, content: string): ConsolePage {
  return {html: page(title, content), headers: pageHeaders}
}
