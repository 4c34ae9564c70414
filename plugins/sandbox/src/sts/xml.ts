import {escapeXml} from '../xml-text.ts'

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/'

/** The content of an element. Omits members without a value. */
export interface XmlMembers {
  readonly [name: string]: string | number | XmlMembers | undefined
}

export function resultXml(action: string, result: XmlMembers, requestId: string): string {
  const metadata = {ResponseMetadata: {RequestId: requestId}}
  const content = membersXml({[`${action}Result`]: result, ...metadata})
  return `<${action}Response xmlns="${namespace}">\n${content}</${action}Response>\n`
}

export function errorXml(code: string, message: string, requestId: string, status: number): string {
  const error = {Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: message}
  const content = membersXml({Error: error, RequestId: requestId})
  return `<ErrorResponse xmlns="${namespace}">\n${content}</ErrorResponse>\n`
}

function membersXml(members: XmlMembers, indent = '  '): string {
  return Object.entries(members)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) =>
      typeof value === 'object'
        ? `${indent}<${name}>\n${membersXml(value, `${indent}  `)}${indent}</${name}>\n`
        : `${indent}<${name}>${escapeXml(String(value))}</${name}>\n`,
    )
    .join('')
}
