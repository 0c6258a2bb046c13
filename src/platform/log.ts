import { pino } from 'pino';

/** Structured log; fields never hold a secret (the redaction below is the last net only). */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Log;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

const secretFields = ['password', 'token', 'secret', 'secrets', 'authorization', 'cookie'];

/** Writes one JSON line per event to standard error. */
export function newLog(level: LogLevel, bindings: object): Log {
  const paths = secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
  const root = pino(
    { level, redact: { paths, censor: '[secret]' }, base: {} },
    pino.destination({ fd: 2, sync: true }),
  );
  return root.child(bindings);
}

/** Drops everything. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};
