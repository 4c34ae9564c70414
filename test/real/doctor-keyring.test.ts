import {expect} from 'chai'
import type {DoctorReport} from '../../src/formats/doctor-report.ts'
import {killed, useKeyringScene} from '../support/keyring-scene.ts'

describe('doctor and the real gnome-keyring', () => {
  const scene = useKeyringScene()
  const {run, startKeyring, lockAgain} = scene

  async function told(id: string) {
    const {stdout, stderr} = await run(['doctor', '--json', '--no-network'])
    expect(stderr).to.equal('')
    const {findings} = JSON.parse(stdout) as DoctorReport
    return findings.find(finding => finding.id === id)
  }

  it('finds nothing where the keyring works', async () => {
    await startKeyring()
    await run(['login', '-p', 'developer'])
    const {exitCode, stdout} = await run(['doctor', '--no-network'])
    expect(exitCode, stdout).to.equal(0)
    expect(stdout)
      .to.include('the keyring answers')
      .and.not.to.match(/keyring\.|secrets\./)
  })

  it('finds keyring.key-lost where its key is not the one of the entries', async () => {
    await startKeyring()
    await run(['login', '-p', 'developer'])
    await scene.bus.changeItem('cache-key', Buffer.alloc(32, 7).toString('base64'))
    const finding = await told('keyring.key-lost')
    expect(finding).to.include({severity: 'warning', mend: 'aws-oidc login'})
    expect(finding?.what).to.match(/^\d cache entries can't be opened/)
    await run(['login', '-p', 'developer'])
    await run(['cache', 'clear'])
    await run(['login', '-p', 'developer'])
    expect(await told('keyring.key-lost')).to.equal(undefined)
  })

  it('finds keyring.unusable where it is locked and can not be unlocked', async () => {
    const keyring = await startKeyring()
    await run(['login', '-p', 'developer'])
    await lockAgain(keyring, 'fail')
    expect((await told('keyring.unusable'))?.what).to.match(/can't be used: .*(prompt|locked)/i)
  })

  it('finds keyring.unusable where it hangs, and still ends', async () => {
    const keyring = await startKeyring()
    await run(['login', '-p', 'developer'])
    keyring.kill('SIGSTOP')
    const began = performance.now()
    expect(await told('keyring.unusable')).to.include({severity: 'warning'})
    expect(performance.now() - began).to.be.lessThan(10_000)
    keyring.kill('SIGCONT')
  })

  it('finds keyring.failed where it works again, but there is still plain text', async () => {
    const keyring = await startKeyring()
    await run(['login', '-p', 'developer'])
    await killed(keyring)
    const {stderr} = await run(['creds', '-p', 'developer', '--force'])
    expect(stderr).to.include('plain text')
    await startKeyring()
    expect((await told('keyring.failed'))?.what).to.match(
      /^The keyring failed at .*\d\d:\d\d \((?:now|\d+ minutes? ago)\), so what was stored since is/,
    )
    await run(['login', '-p', 'developer'])
    expect(await told('keyring.failed')).to.equal(undefined)
  })
})
