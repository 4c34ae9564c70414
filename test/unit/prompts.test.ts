import {PassThrough} from 'node:stream'
import {expect} from 'chai'
import {endOf} from '../../src/outside/terminal/ended-input.ts'
import {promptsOn} from '../../src/terminal/prompts.ts'
import {until} from '../support/until.ts'

/** A question with so many roles to choose from, and the user's hands and eyes. */
function ask(roles: number) {
  const [input, output] = [new PassThrough(), new PassThrough()]
  let seen = ''
  output.on('data', (chunk: Buffer) => {
    seen += chunk.toString('utf8')
  })
  const choices = Array.from({length: roles}, (_, index) => ({
    label: `${index % 2 === 0 ? 'admin' : 'developer'} in ${100_000_000_000 + index}`,
    value: index,
  }))
  const answer = promptsOn(() => ({input, output, ended: endOf(input)}), new AbortController().signal).select(
    'Which role?',
    choices,
  )
  return {
    answer,
    type: (text: string) => input.write(text),
    end: (text = '') => input.end(text),
    shows: (text: string) => until(`"${text}" is seen`, () => seen.includes(text)),
  }
}

describe('a choice', () => {
  it('among few is made from a list', async () => {
    const question = ask(3)
    await question.shows('admin in 100000000002')
    question.type('\u001b[B\r')
    expect(await question.answer).to.equal(1)
  })

  it('among many is searched by words, in any order and case', async () => {
    const question = ask(40)
    await question.shows('admin in 100000000000')
    question.type('0037 DEV')
    await question.shows('developer in 100000000037')
    question.type('\r')
    expect(await question.answer).to.equal(37)
  })

  for (const [words, roles] of [
    ['a list', 3],
    ['a search', 40],
  ] as const) {
    it(`by ${words} is given up when the input ends`, async () => {
      const question = ask(roles)
      await question.shows('admin in 100000000000')
      question.end()
      const failure = await question.answer.catch((error: unknown) => error)
      expect(failure).to.include({
        code: 'USAGE',
        message: 'The input ended before the question "Which role?" was answered.',
      })
    })
  }

  it('is taken where the input ends with it', async () => {
    const question = ask(3)
    await question.shows('admin in 100000000002')
    question.end('\u001b[B\r')
    expect(await question.answer).to.equal(1)
  })
})
