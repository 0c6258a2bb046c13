/** When an operation that failed with a code is worth another try. */
export type RetryClass = 'now' | 'backoff' | 'on-new-revision' | 'never';

/** Every retry class, the most hopeful first. */
export const retryClasses: readonly RetryClass[] = ['now', 'backoff', 'on-new-revision', 'never'];

interface ErrorDefinition {
  readonly retry: RetryClass;
  /** What it means, in one sentence. */
  readonly meaning: string;
  /** What an operator does about it. */
  readonly mend: string;
}

function define<const T extends Readonly<Record<string, ErrorDefinition>>>(definitions: T): T {
  return definitions;
}

/** Every error code of the product; `docs/errors.md` is generated from it. */
export const errorDefinitions = define({
  // Reading and compiling a repository
  'source.unreachable': {
    retry: 'backoff',
    meaning: 'The Git repository could not be read.',
    mend: 'Check the URL, the network and the credentials of the source.',
  },
  'source.ref-not-found': {
    retry: 'backoff',
    meaning: 'The branch, tag or commit does not exist in the repository.',
    mend: 'Correct the ref of the source, or push it.',
  },
  'source.path-not-found': {
    retry: 'on-new-revision',
    meaning: 'The repository has no such directory at that commit.',
    mend: 'Correct the path of the source, or push the directory.',
  },
  'source.refused': {
    retry: 'on-new-revision',
    meaning: 'The repository holds something that is never read: a link, a submodule, too many or too large files.',
    mend: 'Remove the named path from the configured sub-path, or make it smaller.',
  },
  'source.empty': {
    retry: 'on-new-revision',
    meaning: 'The source declares no cluster at all.',
    mend: 'Check the ref and sub-path; set SyncPolicy allowEmpty to apply an empty declaration on purpose.',
  },
  'compile.invalid': {
    retry: 'on-new-revision',
    meaning: 'The repository has problems; each is reported with its place.',
    mend: 'Mend every reported place; the last good state keeps serving.',
  },
  'resource.invalid': {
    retry: 'on-new-revision',
    meaning: 'A resource is not what the schema of its kind allows.',
    mend: 'Correct every field that the error names.',
  },
  'secret.unresolved': {
    retry: 'backoff',
    meaning: 'A secret reference names a variable or file that is not there.',
    mend: 'Provide the variable, or put the file under the secrets directory.',
  },
  'secret.refused': {
    retry: 'on-new-revision',
    meaning: 'A secret reference points outside of what the operator allows.',
    mend: 'Use FAIRLEAD_SECRET_* variables or files below the secrets directory.',
  },
  // Planning and applying
  'plan.stale': {
    retry: 'now',
    meaning: 'The observed state moved after the plan was made.',
    mend: 'Make a new plan.',
  },
  'plan.blocked': {
    retry: 'on-new-revision',
    meaning: 'A guard refuses the plan.',
    mend: 'Read the blockers; change the commit, or the limits of SyncPolicy.',
  },
  'plan.suspended': {
    retry: 'backoff',
    meaning: 'SyncPolicy says that nothing is applied for now.',
    mend: 'Remove SyncPolicy suspend, or wait until it ends.',
  },
  'plan.window-closed': {
    retry: 'backoff',
    meaning: 'No window of SyncPolicy is open.',
    mend: 'Wait for the next window, change SyncPolicy windows, or apply by hand.',
  },
  'guard.too-many-deletes': {
    retry: 'on-new-revision',
    meaning: 'The plan deletes more resources than SyncPolicy allows at once.',
    mend: 'Check that the deletion is meant; then raise SyncPolicy limits.deletes, or delete in steps.',
  },
  'guard.too-many-updates': {
    retry: 'on-new-revision',
    meaning: 'The plan updates more resources than SyncPolicy allows at once.',
    mend: 'Check that the change is meant; then raise SyncPolicy limits.updates, or change in steps.',
  },
  'guard.empty': {
    retry: 'on-new-revision',
    meaning: 'The plan deletes everything that was managed.',
    mend: 'Check the ref and sub-path; set SyncPolicy allowEmpty when it is meant.',
  },
  'guard.last-server': {
    retry: 'on-new-revision',
    meaning: 'The plan deletes the last resource of a kind that clients cannot do without.',
    mend: 'Keep one; set SyncPolicy allowLastServerRemoval when the service is to end.',
  },
  'guard.last-serving': {
    retry: 'on-new-revision',
    meaning: 'The plan takes every edge or every core that answers into maintenance mode at the same time.',
    mend: 'Take the nodes out one after another; set SyncPolicy allowWholeRoleMaintenance when the service is to end.',
  },
  'plan.malformed': {
    retry: 'never',
    meaning: 'A plan file could not be read.',
    mend: 'Make the plan again with the same version of fairlead.',
  },
  'apply.prepare-failed': {
    retry: 'on-new-revision',
    meaning: 'A node could not prepare the new snapshot; nothing was changed.',
    mend: 'Read the reason; correct the resource it names.',
  },
  'apply.probe-failed': {
    retry: 'on-new-revision',
    meaning: 'Something that served before the change does not serve after it; the change was rolled back.',
    mend: 'Read the failed probes; correct the resource they name.',
  },
  'apply.deadline': {
    retry: 'backoff',
    meaning: 'Too little of the confirm deadline was left to confirm safely; the change was rolled back.',
    mend: 'Raise SyncPolicy rollout.confirmDeadlineSeconds, or look for a slow node.',
  },
  'apply.partial': {
    retry: 'backoff',
    meaning: 'The apply ended in more than one state.',
    mend: 'Run status; the next pass puts the laggards right.',
  },
  'apply.interrupted': {
    retry: 'now',
    meaning: 'The reconciler was stopped in the middle of an apply; the change was rolled back.',
    mend: 'Start it again; it applies the change afresh.',
  },
  // State of the reconciler
  'state.locked': {
    retry: 'never',
    meaning: 'Another reconciler uses the state directory.',
    mend: 'Stop the other one, or give this one a state directory of its own.',
  },
  'state.damaged': {
    retry: 'never',
    meaning: 'A file in the state directory of the reconciler cannot be read.',
    mend: 'Move the named file away: nodes with an unconfirmed plan put themselves right, and the next pass starts afresh.',
  },
  'state.storage': {
    retry: 'backoff',
    meaning: 'The reconciler could not write or read its state directory.',
    mend: 'Check the disk, its free space and the rights of the state directory.',
  },
  // Nodes and their admin interface
  'node.unreachable': {
    retry: 'backoff',
    meaning: 'A node did not answer on its admin endpoint.',
    mend: 'Check that the node runs and that its endpoint, CA and token are right.',
  },
  'node.malformed-answer': {
    retry: 'backoff',
    meaning: 'A node answered with something that is not what the contract says.',
    mend: 'Check that the endpoint is the admin interface of a node, and that both sides have versions that go together.',
  },
  'node.unauthenticated': {
    retry: 'backoff',
    meaning: 'A node did not accept the credentials.',
    mend: 'Check the admin token of the node.',
  },
  'node.forbidden': {
    retry: 'on-new-revision',
    meaning: 'The identity lacks the scope for this operation.',
    mend: 'Give the identity the scope in the configuration of the node.',
  },
  'node.pending': {
    retry: 'backoff',
    meaning: 'Another apply waits for its confirmation on this node.',
    mend: 'Wait for it to be confirmed or to revert.',
  },
  'node.unknown-plan': {
    retry: 'now',
    meaning: 'The node holds no such pending or ended plan.',
    mend: 'Make a new plan.',
  },
  'node.bad-request': {
    retry: 'never',
    meaning: 'The body or a parameter of a request is not what the contract says.',
    mend: 'Correct the request as the answer says.',
  },
  'node.unsupported': {
    retry: 'on-new-revision',
    meaning: 'The node does not implement this kind or field yet.',
    mend: 'Remove it from the declaration, or upgrade the node.',
  },
  'node.not-found': {
    retry: 'never',
    meaning: 'There is no such path or resource on the node.',
    mend: 'Check the path and the name.',
  },
  'node.not-ready': {
    retry: 'backoff',
    meaning: 'The node runs but does not serve yet.',
    mend: 'Read the reason; apply a snapshot, or bring up what it names.',
  },
  'node.busy': {
    retry: 'backoff',
    meaning: 'The node stops, or has as much administrative work waiting as it accepts.',
    mend: 'Try again in a moment.',
  },
  'node.too-many-failures': {
    retry: 'backoff',
    meaning: 'One address presented too many different wrong tokens.',
    mend: 'Wait a minute; find out who guesses tokens from that address.',
  },
  'node.storage': {
    retry: 'backoff',
    meaning: 'The node could not write or read its state directory.',
    mend: 'Check the disk, its free space and the rights of the state directory.',
  },
  'node.config': {
    retry: 'never',
    meaning: 'The bootstrap configuration of a program is not valid.',
    mend: 'Correct the named field of the file.',
  },
  // Traffic
  'access.upstream-unreachable': {
    retry: 'backoff',
    meaning: 'A UC server did not answer.',
    mend: 'Check the server, its name, certificate and the network behind the core.',
  },
  'access.upstream-malformed': {
    retry: 'backoff',
    meaning: 'A UC server answered with something that is not the documented document.',
    mend: 'Check the version and health of the UC server.',
  },
  'link.down': {
    retry: 'backoff',
    meaning: 'No link between edge and core is up.',
    mend: 'Check the pinned keys, the port and the network between edge and core.',
  },
  // The server of the reconciler
  'server.unauthenticated': {
    retry: 'never',
    meaning: 'A request to the reconciler carries neither its token nor a valid signature.',
    mend: 'Send the token of the configured file; for a webhook, configure the same secret on both sides.',
  },
  'server.bad-request': {
    retry: 'never',
    meaning: 'A request to the reconciler is not one it understands.',
    mend: 'Correct the request as the answer says.',
  },
  'server.not-ready': {
    retry: 'backoff',
    meaning: 'The reconciler has not yet passed over every cluster.',
    mend: 'Wait, or read the status to see what it waits for.',
  },
  // SIP
  'sip.server-unreachable': {
    retry: 'backoff',
    meaning: 'A SIP server could not be connected to, or its certificate does not hold.',
    mend: 'Check that it runs, its name, port and certificate, and the firewall between it and the core.',
  },
  // Programs
  'cli.usage': { retry: 'never', meaning: 'The command line is not valid.', mend: 'See --help.' },
  'lab.unexpected': {
    retry: 'never',
    meaning: 'A lab client or stand-in was given something that its counterpart never sends.',
    mend: 'Read the message: either the product or the stand-in breaks its contract.',
  },
  'lab.process': {
    retry: 'never',
    meaning: 'A process of a lab estate did not start, or ended by itself.',
    mend: 'Read its log, which lies in the directory of the estate.',
  },
  internal: {
    retry: 'backoff',
    meaning: 'Something happened that the program does not expect.',
    mend: 'Report it with the log.',
  },
});

export type ErrorCode = keyof typeof errorDefinitions;

/** One problem among several that an error reports. */
export interface ErrorDetail {
  readonly place: string;
  readonly message: string;
}

export interface ErrorOptions {
  readonly cause?: unknown;
  readonly details?: readonly ErrorDetail[];
  /** Overrides the mend of the code where the place allows a better one. */
  readonly mend?: string;
  /** Overrides the retry class of the code where what lies behind it is of another one. */
  readonly retry?: RetryClass;
}

/** The one error class: a stable code, a message that names place, value and limit, and the mend. */
export class FairleadError extends Error {
  readonly code: ErrorCode;
  readonly details: readonly ErrorDetail[];
  readonly mend: string;
  readonly retry: RetryClass;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'FairleadError';
    this.code = code;
    this.details = options.details ?? [];
    this.mend = options.mend ?? errorDefinitions[code].mend;
    this.retry = options.retry ?? errorDefinitions[code].retry;
  }
}

/** Tells whether a text is one of our codes. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorDefinitions, text);
}

/** Gives any thrown value as a FairleadError; what is not ours becomes `fallback` with the original as cause. */
export function asFairleadError(thrown: unknown, fallback: ErrorCode = 'internal'): FairleadError {
  if (thrown instanceof FairleadError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new FairleadError(fallback, message, { cause: thrown });
}
