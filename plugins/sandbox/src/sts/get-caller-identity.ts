import type {StsCall} from './call.ts'
import {verifyCaller} from './caller.ts'
import {sessionArn} from './roles.ts'
import type {XmlMembers} from './xml.ts'

export async function getCallerIdentity(call: StsCall): Promise<XmlMembers> {
  const caller = verifyCaller(call)
  return {Arn: sessionArn(caller), UserId: caller.assumedRoleId, Account: caller.account}
}
