import {expect} from 'chai'
import {Headers as OwnHeaders, Response as OwnResponse} from '../../src/http/fetched.ts'

const bytes = new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d])

/** What both have to do alike: Node's own, and the one that loads nothing. */
const makes = [
  ['of Node', Headers, Response],
  ['of our own', OwnHeaders, OwnResponse],
] as const

for (const [whose, Head, Answer] of makes) {
  describe(`headers ${whose}`, () => {
    it('are found in any case, joined where there are several, and sorted', () => {
      const headers = new Head([
        ['X-Two', ' a '],
        ['Content-Type', 'text/xml'],
        ['x-two', 'b'],
      ])
      expect(headers.get('X-TWO')).to.equal('a, b')
      expect(headers.get('absent')).to.equal(null)
      expect([...headers]).to.deep.equal([
        ['content-type', 'text/xml'],
        ['x-two', 'a, b'],
      ])
      expect([[...headers.keys()], [...headers.values()]]).to.deep.equal([
        ['content-type', 'x-two'],
        ['text/xml', 'a, b'],
      ])
    })

    it('can be made from an object or other headers, and changed', () => {
      const headers = new Head(new Headers({One: '1', Two: '2'}))
      headers.set('one', '3')
      headers.delete('TWO')
      headers.append('Set-Cookie', 'a=1')
      headers.append('Set-Cookie', 'b=2')
      expect(headers.has('two')).to.equal(false)
      expect(headers.getSetCookie()).to.deep.equal(['a=1', 'b=2'])
      expect(new Head(headers).getSetCookie(), 'of a copy').to.deep.equal(['a=1', 'b=2'])
      const seen: string[] = []
      new Head({One: '1'}).forEach((value, name) => {
        seen.push(name, value)
      })
      expect([...seen, headers.get('one')]).to.deep.equal(['one', '1', '3'])
    })
  })

  describe(`an answer ${whose}`, () => {
    it('is a Response, with its status and headers', () => {
      const answer = new Answer('x', {status: 404, headers: {'Retry-After': '7'}})
      expect(String(answer)).to.equal('[object Response]')
      expect([answer.status, answer.ok, answer.headers.get('retry-after')]).to.deep.equal([404, false, '7'])
      expect([new Answer(null).ok, new Answer(null).body]).to.deep.equal([true, null])
    })

    it('can be read in every way, once', async () => {
      const reading: readonly (readonly [(answer: Response) => Promise<unknown>, unknown])[] = [
        [answer => answer.text(), '{}'],
        [answer => answer.json(), {}],
        [answer => answer.bytes(), bytes],
        [async answer => new Uint8Array(await answer.arrayBuffer()), bytes],
        [async answer => new Uint8Array(await (await answer.blob()).arrayBuffer()), bytes],
        [async answer => new Uint8Array(await new Response(answer.body).arrayBuffer()), bytes],
      ]
      for (const [read, expected] of reading) {
        const answer = new Answer(bytes)
        expect(answer.bodyUsed).to.equal(false)
        expect(await read(answer)).to.deep.equal(expected)
        expect(answer.bodyUsed).to.equal(true)
        for (const again of [() => answer.text(), () => answer.blob(), async () => answer.clone()]) {
          expect(await again().catch((error: unknown) => error)).to.be.instanceOf(TypeError)
        }
      }
    })

    it('has a clone that can be read too', async () => {
      const answer = Answer.json({a: 1})
      const copy = answer.clone()
      expect([await answer.json(), await copy.json()]).to.deep.equal([{a: 1}, {a: 1}])
      expect(copy.headers.get('content-type')).to.equal('application/json')
    })

    it('that is a form is read as a form', async () => {
      const headers = {'content-type': 'application/x-www-form-urlencoded'}
      expect((await new Answer('a=1', {headers}).formData()).get('a')).to.equal('1')
    })
  })
}
