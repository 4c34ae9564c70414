import {expect} from 'chai'
import {AwsOidcError} from '../../src/errors.ts'
import {removeProvider} from '../../src/settings/providers.ts'
import {makeStage} from '../support/parts.ts'

const configuration = `
providers:
  corp: {strategy: fake, clientSecret: {keyring: corp}, other: {keyring: shared}}
  kept: {strategy: fake, clientSecret: {keyring: shared}}
`

function scene() {
  const parts = {...makeStage(configuration).call(), editConfiguration: async () => undefined}
  return {parts, secretOf: (name: string) => parts.keyring.get(`secret/${name}`)}
}

describe('removing a provider', () => {
  it('takes its secrets out of the keyring, but none that another provider refers to', async () => {
    const {parts, secretOf} = scene()
    for (const name of ['corp', 'shared']) await parts.keyring.set(`secret/${name}`, 'a-secret')
    expect((await removeProvider('corp', parts)).left).to.deep.equal([])
    expect(await secretOf('corp')).to.equal(undefined)
    expect(await secretOf('shared')).to.equal('a-secret')
  })

  it('says which secret a keyring that does not answer keeps', async () => {
    const {parts} = scene()
    const remove = () => Promise.reject(new AwsOidcError('UNAVAILABLE', 'The keyring does not answer.'))
    const {left} = await removeProvider('corp', {...parts, keyring: {...parts.keyring, remove}})
    expect(left).to.deep.equal(['The secret "corp" is still in the keyring: The keyring does not answer.'])
  })

  it('forgets nothing where the configuration could not be written', async () => {
    const {parts, secretOf} = scene()
    await parts.keyring.set('secret/corp', 'a-secret')
    const editConfiguration = () => Promise.reject(new AwsOidcError('OUTPUT_FAILED', 'The disk is full.'))
    const failure = await removeProvider('corp', {...parts, editConfiguration}).catch((error: unknown) => error)
    expect(failure).to.have.property('code', 'OUTPUT_FAILED')
    expect(await secretOf('corp')).to.equal('a-secret')
  })
})
