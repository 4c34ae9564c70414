import {once} from 'node:events'
import {connect} from 'node:net'
import {expect} from 'chai'
import {useScene} from '../support/scene.ts'
import {redirectAfterSignIn, waitForAddress} from '../support/sign-in.ts'

describe('a browser that disconnects while the tokens are fetched', () => {
  const scene = useScene()

  it('neither hangs the command nor loses the sign-in', async () => {
    const {home, sandbox} = scene
    await sandbox.fault({on: 'token', delayMs: 1500, times: 1})
    const {address, ended} = await waitForAddress(home)
    await comeAndGo(await redirectAfterSignIn(address))
    const {exitCode, stdout, stderr} = await ended
    expect(exitCode, stderr).to.equal(0)
    expect(JSON.parse(stdout)).to.include({Version: 1})
    expect(await home.entries(), 'tokens, credentials, who it is, and what the provider says of itself').to.have.length(
      4,
    )
    expect((await home.run(['creds', '-p', 'developer'])).stdout).to.equal(stdout)
  })
})

/** Asks for a page and closes the connection as soon as the request is on its way. */
async function comeAndGo({hostname, port, pathname, search, host}: URL): Promise<void> {
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  await new Promise<void>(resolve => {
    socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, () => resolve())
  })
  socket.destroy()
  await once(socket, 'close')
}
