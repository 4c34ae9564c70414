import {identityCenter} from '../../src/identity-center/strategy.ts'
import {type Script, strategyContract} from '../../src/testing/index.ts'

const settings = {startUrl: new URL('https://d-1234567890.awsapps.com/start'), region: 'eu-central-1'}
const end = Date.parse('2026-01-01T01:00:00Z')

const answers = {
  registration: () =>
    Response.json({
      clientId: 'a-client',
      clientSecret: 'the-secret-of-the-client',
      clientSecretExpiresAt: end / 1000 + 86_400,
    }),
  tokens: () =>
    Response.json({
      accessToken: 'the-access-token',
      refreshToken: 'the-refresh-token',
      expiresIn: 3600,
      tokenType: 'Bearer',
    }),
  credentials: () =>
    Response.json({
      roleCredentials: {
        accessKeyId: 'ASIAEXAMPLE',
        secretAccessKey: 'the-secret-access-key',
        sessionToken: 'the-session-token',
        expiration: end,
      },
    }),
}

/** A portal that lets the user in, and gives credentials as often as it is asked. */
const idp = (): Script => ({
  responses: [answers.registration(), answers.tokens(), answers.credentials(), answers.credentials()],
  redirects: [({state}) => new URLSearchParams({code: 'a-code', state: state ?? ''})],
})

describe('the strategy "identity-center"', () => {
  const checks = strategyContract(identityCenter, {
    settings,
    idp,
    idpAgain: () => ({responses: [answers.credentials()]}),
  })
  for (const {name, run} of checks) it(name, run)
})
