import {existsSync} from 'node:fs'

/** @typedef {{issuer: URL, clientId: string, rolesClaim?: string, touched: string, seconds: number}} Settings */

/** @type {import('aws-oidc/plugin').FederationStrategy<Settings>} */
const oneTimeCode = {
  settings: {
    issuer: {type: 'url', description: 'the issuer', required: true},
    clientId: {type: 'string', description: 'the client', required: true},
    rolesClaim: {type: 'string', description: 'not used'},
    touched: {
      type: 'path',
      description: 'plays the security key: this file is there once the key is touched',
      required: true,
    },
    seconds: {type: 'integer', description: 'how long a code is valid', default: 30},
  },

  async signIn(settings, host) {
    if ((await host.memory.get('unlocked')) === undefined) await unlock(settings, host)
    const {idToken = ''} = await host.tokens({issuer: settings.issuer, clientId: settings.clientId})
    return {subject: 'alice', proofFor: async () => ({kind: 'web-identity', token: idToken})}
  },
}

/**
 * @param {Settings} settings
 * @param {import('aws-oidc/plugin').Host} host
 */
async function unlock({touched, seconds}, host) {
  if (host.ask.available) {
    const code = await host.ask.secret('Code of your token', {timeout: seconds * 1000})
    if (code !== '123456') throw host.error('SIGN_IN_REFUSED', 'The code is wrong.', {hint: 'aws-oidc login'})
  } else {
    host.log.info('Nobody can type a code here: the security key alone has to do.')
  }
  const done = host.notice?.('Touch your security key.')
  while (!existsSync(touched)) await host.sleep(50)
  done?.()
  await host.memory.set('unlocked', 'yes', new Date(host.now().getTime() + 8 * 3_600_000))
}

/** @type {import('aws-oidc/plugin').StrategiesHook} */
export default async () => ({
  apiVersion: 1,
  entries: [{id: 'one-time-code', summary: 'A provider with one-time codes', load: async () => oneTimeCode}],
})
