/** An error in AWS's form: a code, an HTTP status, a message. */
export class StsError extends Error {
  readonly code: string
  readonly status: number

  constructor(code: string, message: string, status = 400) {
    super(message)
    this.code = code
    this.status = status
  }
}

export function validationError(message: string): StsError {
  return new StsError('ValidationError', message)
}

export function accessDenied(message: string): StsError {
  return new StsError('AccessDenied', message, 403)
}

export function invalidIdentityToken(message: string): StsError {
  return new StsError('InvalidIdentityToken', message)
}
