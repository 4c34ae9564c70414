import {createServer, type IncomingHttpHeaders} from 'node:http'
import {expect} from 'chai'
import {withClientHeaders} from '../../src/oauth/client-headers.ts'
import {listening} from '../support/ports.ts'

describe('headers of a client', () => {
  it('reach the provider beside its own, but nobody that it redirects to', async () => {
    const asked: IncomingHttpHeaders[] = []
    const elsewhere = createServer((request, response) => {
      asked.push(request.headers)
      response.end()
    })
    const target = `http://127.0.0.1:${await listening(elsewhere)}`
    const provider = createServer((request, response) => {
      asked.push(request.headers)
      response.writeHead(307, {location: target}).end()
    })
    try {
      const send = withClientHeaders(globalThis.fetch, {headers: {'x-gateway-key': 'the key'}})
      const address = `http://127.0.0.1:${await listening(provider)}`
      const response = await send(address, {method: 'POST', headers: {authorization: 'Basic x'}})
      expect(response.status).to.equal(307)
      expect(asked).to.have.length(1)
      expect(asked[0]).to.include({'x-gateway-key': 'the key', authorization: 'Basic x'})
    } finally {
      for (const server of [elsewhere, provider]) server.close()
    }
  })
})
