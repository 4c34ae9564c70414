import {alertText, escapeHtml, page} from '../openid/pages.ts'
import type {Visit} from './visits.ts'

/** Asks for the code that a device shows. */
export function codePage(alert?: string): string {
  return page(
    'Sign in a device',
    `${alertText(alert)}<form method="post">
<label for="user_code">Code shown by the device</label>
<input id="user_code" name="user_code" autocomplete="off" autocapitalize="characters" spellcheck="false" autofocus>
<button class="main">Continue</button>
</form>`,
  )
}

/** Asks whether the client may act for the person, who compares the code where there is one. */
export function consentPage(visit: Visit, userName: string): string {
  const code = 'device' in visit ? visit.device.userCode : undefined
  const comparison =
    code === undefined
      ? ''
      : `<p>Continue only if the device shows this code:</p><p><code>${escapeHtml(code)}</code></p>`
  return page(
    'Allow access?',
    `<p><strong>${escapeHtml(clientOf(visit))}</strong> wants to use AWS accounts as ${escapeHtml(userName)}.</p>
${comparison}<form method="post">
<button class="main" name="confirm" value="yes">Allow</button><button name="abort" value="yes">Cancel</button>
</form>`,
  )
}

export function approvedPage(): string {
  return page('The device is signed in', '<p>This window can be closed.</p>')
}

export function declinedPage(): string {
  return page('The device was not signed in', '<p>You declined. This window can be closed.</p>')
}

export function clientOf(visit: Visit): string {
  return 'device' in visit ? visit.device.client.name : visit.request.client.name
}
