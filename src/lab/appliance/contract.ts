/*
 * The wire contract of the stand-in appliance: what a box without transactions offers over HTTPS.
 *
 *   GET    /api/status                     200 ApplianceStatus
 *   GET    /api/resources                  200 ApplianceResource[], in the order they were created
 *   GET    /api/resources/{kind}/{name}    200 ApplianceResource, or 404 ApplianceMessage
 *   POST   /api/resources/{kind}/{name}    200 ApplianceMessage; body ApplianceWrite; creates only
 *   DELETE /api/resources/{kind}/{name}    200 ApplianceMessage
 *
 * There is no update (delete, then create), no transaction, no ETag and no confirmation. A write that had no effect is
 * answered with 200 as well, and only its message differs: a client that wants to know reads back. A connection that ends
 * without an answer says nothing about the effect. Every path needs `Authorization: Basic` or `Authorization: Bearer`;
 * without it the answer is 401. Bodies are JSON of at most `applianceBodyLimitBytes`; names are percent-encoded.
 */

/** Paths of the appliance's interface. */
export const appliancePaths = { status: '/api/status', resources: '/api/resources' } as const;

/** Largest body of a write, in bytes. */
export const applianceBodyLimitBytes = 1024 * 1024;

/** Message of a write that took effect; any other message means that it did not. */
export const applianceSuccess = 'The operation was successful';

/** A resource as it is read back: a secret reference has lost its `fingerprint`. */
export interface ApplianceResource {
  readonly kind: string;
  readonly name: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec: unknown;
}

/** Body of a POST. */
export interface ApplianceWrite {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec: unknown;
  /** Values by the fingerprint that the references in `spec` carry; never given back. */
  readonly secrets?: Readonly<Record<string, string>>;
}

export interface ApplianceMessage {
  readonly message: string;
}

export interface ApplianceStatus {
  /** Says that it is a stand-in. */
  readonly product: string;
  readonly version: string;
  /** Kinds it takes; a POST of another kind has no effect. */
  readonly kinds: readonly string[];
  readonly resources: number;
}
