import {StsError} from './errors.ts'
import {listMembers, refuseViolations, violation} from './parameters.ts'

const plaintextLimit = 2048
const arnLimit = 10

/** Checks `Policy` and `PolicyArns`; returns PackedPolicySize, which is absent without them. */
export function checkSessionPolicy(parameters: URLSearchParams): {PackedPolicySize?: number} {
  const policy = parameters.get('Policy')
  const arns = listMembers(parameters, 'PolicyArns', 'arn')
  if (arns.length > arnLimit) {
    refuseViolations([
      violation(`'[${arns.join(', ')}]'`, 'policyArns', `have length less than or equal to ${arnLimit}`),
    ])
  }
  if (policy !== null && !isJson(policy)) {
    throw new StsError('MalformedPolicyDocument', 'Syntax errors in policy.')
  }
  const characters = [policy ?? '', ...arns].join('').length
  const percent = Math.ceil((characters / plaintextLimit) * 100)
  if (percent > 100) {
    throw new StsError('PackedPolicyTooLarge', `Packed size of the session policies is ${percent}% of the limit.`)
  }
  return characters > 0 ? {PackedPolicySize: percent} : {}
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
