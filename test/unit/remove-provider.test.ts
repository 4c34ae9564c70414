import {expect} from 'chai'
import {AwsOidcError} from '../../src/errors.ts'
import {removeProvider} from '../../src/settings/providers.ts'
import {makeStage} from '../support/dependencies.ts'

const configuration = `
providers:
  corp: {strategy: fake, clientSecret: {keyring: corp}, other: {keyring: shared}}
  kept: {strategy: fake, clientSecret: {keyring: shared}}
`

function scene() {
  const deps = {...makeStage(configuration).call(), editConfiguration: async () => undefined}
  return {deps, secretOf: (name: string) => deps.keyring.get(`secret/${name}`)}
}

describe('removing a provider', () => {
  it('removes its secrets from the keyring, but none that another provider refers to', async () => {
    const {deps, secretOf} = scene()
    for (const name of ['corp', 'shared']) await deps.keyring.set(`secret/${name}`, 'a-secret')
    expect((await removeProvider('corp', deps)).left).to.deep.equal([])
    expect(await secretOf('corp')).to.equal(undefined)
    expect(await secretOf('shared')).to.equal('a-secret')
  })

  it('names the secret that stays in a keyring that does not answer', async () => {
    const {deps} = scene()
    const remove = () => Promise.reject(new AwsOidcError('UNAVAILABLE', 'The keyring does not answer.'))
    const {left} = await removeProvider('corp', {...deps, keyring: {...deps.keyring, remove}})
    expect(left).to.deep.equal(['The secret "corp" is still in the keyring: The keyring does not answer.'])
  })

  it('forgets nothing where the configuration could not be written', async () => {
    const {deps, secretOf} = scene()
    await deps.keyring.set('secret/corp', 'a-secret')
    const editConfiguration = () => Promise.reject(new AwsOidcError('OUTPUT_FAILED', 'The disk is full.'))
    const failure = await removeProvider('corp', {...deps, editConfiguration}).catch((error: unknown) => error)
    expect(failure).to.have.property('code', 'OUTPUT_FAILED')
    expect(await secretOf('corp')).to.equal('a-secret')
  })
})
