import {nearest} from './nearest.ts'

// The regions of all partitions that AWS's SDK for JavaScript knew on 30 November 2026: @aws-sdk/core 3.981.0, in
// dist-es/submodules/client/util-endpoints/lib/aws/partitions.js.
const listedIn = 'November 2026'
const regions: ReadonlySet<string> = new Set(
  `
  af-south-1
  ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2
  ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7
  ca-central-1 ca-west-1
  eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3
  il-central-1
  me-central-1 me-south-1 me-west-1
  mx-central-1
  sa-east-1 sa-west-1
  us-east-1 us-east-2 us-west-1 us-west-2
  cn-north-1 cn-northwest-1
  eusc-de-east-1
  us-iso-east-1 us-iso-west-1 us-isob-east-1 us-isob-west-1 eu-isoe-west-1 us-isof-east-1 us-isof-south-1
  us-gov-east-1 us-gov-west-1
  `
    .trim()
    .split(/\s+/),
)

/** Why a text can't be a region; `undefined` if it can. The SDKs use `aws-global` for no region. */
export function problemOfRegion(region: string): string | undefined {
  if (/^[a-z]{2,}(-[a-z0-9]+)+$/.test(region)) return undefined
  return `"${region}" is not the name of an AWS region, such as ${regionLike(region) ?? 'us-east-1'}`
}

/** A doubt about an unlisted region, which may be new or that of an emulator; `undefined` for listed ones. */
export function doubtOfRegion(region: string): string | undefined {
  if (regions.has(region) || region === 'aws-global') return undefined
  const near = regionLike(region)
  const instead = near === undefined ? '' : ` Did you mean "${near}"?`
  return `AWS listed no region "${region}" in ${listedIn}.${instead}`
}

export function regionLike(region: string): string | undefined {
  return nearest(region, [...regions])
}
