import { FairleadError, isErrorCode } from '../errors.js';
import { valueDigest } from '../model/digest.js';
import { isRecord } from '../model/json.js';
import type { Plan } from '../model/plan.js';
import type { CrashHook } from './crash-hook.js';
import { readState, writeState } from './state-file.js';

interface FailedRevision {
  readonly key: string;
  readonly code: FairleadError['code'];
  readonly message: string;
  readonly details: FairleadError['details'];
}

const mostKept = 64;
const mostDetails = 20;

/** What a failure belongs to: the commit, and where it was to lead every node from where; a rotated secret is another place. */
function keyOf({ target, nodes }: Plan): string {
  return valueDigest({ target, nodes: nodes.map(({ node, base, target: to }) => [node.name, base ?? '', to]) });
}

function isDetail(value: unknown): value is FairleadError['details'][number] {
  return isRecord(value) && typeof value['place'] === 'string' && typeof value['message'] === 'string';
}

function readFailure(value: unknown): readonly FailedRevision[] {
  if (!isRecord(value)) return [];
  const { key, code, message, details } = value;
  if (typeof key !== 'string' || typeof code !== 'string' || !isErrorCode(code) || typeof message !== 'string')
    return [];
  return [{ key, code, message, details: Array.isArray(details) ? details.filter(isDetail) : [] }];
}

/** The plans of one cluster that failed and are not tried again until Git or the observed side moves; survives restarts. */
export class FailedRevisions {
  readonly #path: string;
  readonly #crash: CrashHook;
  #failed: readonly FailedRevision[];

  private constructor(path: string, crash: CrashHook, failed: readonly FailedRevision[]) {
    this.#path = path;
    this.#crash = crash;
    this.#failed = failed;
  }

  /** A file that cannot be read is as good as none: the revision fails once more. */
  static async open(path: string, crash: CrashHook): Promise<FailedRevisions> {
    const values = await readState(path);
    return new FailedRevisions(path, crash, Array.isArray(values) ? values.flatMap(readFailure) : []);
  }

  /** Why the same way from the same place failed before. */
  find(plan: Plan): FairleadError | undefined {
    const key = keyOf(plan);
    const failure = this.#failed.find((one) => one.key === key);
    return failure && new FairleadError(failure.code, failure.message, { details: failure.details });
  }

  /** @throws FairleadError `state.storage` */
  async remember(plan: Plan, error: FairleadError): Promise<void> {
    const key = keyOf(plan);
    const { code, message } = error;
    const failure = { key, code, message, details: error.details.slice(0, mostDetails) };
    this.#failed = [...this.#failed.filter((one) => one.key !== key), failure].slice(-mostKept);
    await writeState(this.#path, this.#failed, this.#crash);
  }
}
