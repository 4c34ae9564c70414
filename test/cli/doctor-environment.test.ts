import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {finds, type Illness} from '../support/doctor.ts'
import {useScene} from '../support/scene.ts'

const keys = {AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'another-secret'}

const environment: readonly Illness[] = [
  {
    id: 'region.unknown',
    severity: 'warning',
    when: 'for a region in a variable, with the nearest name',
    env: () => ({AWS_REGION: 'eu-central-99'}),
    says: /^AWS_REGION: AWS listed no region "eu-central-99" in .*\. Did you mean "eu-central-1"\?$/,
    mend: /^Set eu-central-1 there/,
  },
  {
    id: 'environment.keys',
    severity: 'error',
    when: 'and names the SDKs that use keys from variables',
    env: () => keys,
    says: /^AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY: boto3, the AWS SDKs for Go and Java.*JavaScript uses the profile/,
    mend: /^unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY$/,
  },
  {
    id: 'environment.web-identity',
    severity: 'error',
    when: 'for a web identity token',
    env: () => ({AWS_WEB_IDENTITY_TOKEN_FILE: '/tmp/token', AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/x'}),
    says: /^AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN: most AWS tools/,
    mend: /^unset AWS_WEB_IDENTITY_TOKEN_FILE AWS_ROLE_ARN$/,
  },
  {
    id: 'environment.container',
    severity: 'note',
    when: 'for container credentials',
    env: () => ({AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1/x'}),
    says: /^AWS_CONTAINER_CREDENTIALS_FULL_URI: AWS tools without a profile/,
    mend: /^unset AWS_CONTAINER_CREDENTIALS_FULL_URI$/,
  },
  {
    id: 'environment.invalid',
    severity: 'error',
    when: 'where AWS_OIDC_INTERACTIVE has an unknown value',
    env: () => ({AWS_OIDC_INTERACTIVE: 'perhaps'}),
    says: /AWS_OIDC_INTERACTIVE is "perhaps"/,
    mend: /AWS_OIDC_INTERACTIVE=auto, always or never/,
  },
  {
    id: 'environment.invalid',
    severity: 'error',
    when: 'where AWS_ENDPOINT_URL_STS is not safe',
    env: () => ({AWS_ENDPOINT_URL_STS: 'http://sts.example.com'}),
    says: /AWS_ENDPOINT_URL_STS is refused/,
    mend: /^unset AWS_ENDPOINT_URL_STS$/,
  },
  {
    id: 'environment.sts',
    severity: 'note',
    when: 'where the STS is not that of AWS',
    says: /^AWS_ENDPOINT_URL_STS sends your tokens to http:\/\/127\.0\.0\.1:\d+, which is not AWS's own/,
    mend: /^unset AWS_ENDPOINT_URL_STS$/,
  },
  {
    id: 'environment.sso',
    severity: 'note',
    when: 'where the portal is not that of AWS',
    env: () => ({AWS_ENDPOINT_URL_SSO: 'https://portal.example.com/x'}),
    says: /^AWS_ENDPOINT_URL_SSO sends your tokens to https:\/\/portal\.example\.com, which is not AWS's own/,
    mend: /^unset AWS_ENDPOINT_URL_SSO$/,
  },
  {
    id: 'environment.authorities',
    severity: 'error',
    when: 'where AWS_CA_BUNDLE names a file without certificates',
    make: ({home}) => writeFile(join(home.folder, 'ca.pem'), 'nothing'),
    env: ({home}) => ({AWS_CA_BUNDLE: join(home.folder, 'ca.pem')}),
    says: /AWS_CA_BUNDLE can't be used: .*ca\.pem: it contains no PEM certificate/,
    mend: /^unset AWS_CA_BUNDLE$/,
  },
  {
    id: 'environment.config-file',
    severity: 'warning',
    when: 'where AWS_CONFIG_FILE names a file that is not there',
    env: ({home}) => ({AWS_CONFIG_FILE: join(home.folder, 'nowhere')}),
    says: /AWS_CONFIG_FILE names .*nowhere, which does not exist/,
    mend: /^aws-oidc profiles sync$/,
  },
  {
    id: 'environment.profile',
    severity: 'warning',
    when: 'where AWS_PROFILE names a profile that no AWS tool finds',
    env: () => ({AWS_PROFILE: 'nobody'}),
    says: /AWS_PROFILE is "nobody", but no file of the AWS tools has such a profile/,
    mend: /^unset AWS_PROFILE$/,
  },
]

describe('doctor, for environment variables,', () => finds(useScene(), environment))
