import {expect} from 'chai'
import type {Ending} from './home.ts'

/** Expects what a credential_process must print, and nothing else. */
export function isOneDocument({exitCode, stdout, stderr}: Ending): void {
  expect(exitCode, stderr).to.equal(0)
  expect(stdout).to.match(/^\{"Version":1,.*\}\n$/)
  const document = JSON.parse(stdout)
  expect(Object.keys(document)).to.deep.equal([
    'Version',
    'AccessKeyId',
    'SecretAccessKey',
    'SessionToken',
    'Expiration',
    'AccountId',
  ])
  expect(document.Expiration).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  expect(Buffer.byteLength(stderr)).to.be.lessThan(60_000)
}
