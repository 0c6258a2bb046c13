/*
 * What programs may import from `fairlead`: the vocabulary (kinds and their schemas in words of TypeScript), the checks of a
 * resource, and plans and problems as the command line prints them. Everything else is private.
 */
export { errorDefinitions, FairleadError, isErrorCode } from './errors.js';
export type { ErrorCode, ErrorDetail, RetryClass } from './errors.js';
export { isKind, allKinds as kinds } from './model/kinds.js';
export type {
  AccessControlResource,
  AllowRuleResource,
  AnyResource,
  AuthorizationRateControlResource,
  ClusterResource,
  CredentialCachingResource,
  DomainResource,
  ExemptionResource,
  HttpTransportResource,
  IMPresenceResource,
  Kind,
  MaintenanceResource,
  ProtectionCategoryResource,
  ProtectionResource,
  RegistrationFailoverResource,
  SecretRef,
  SipTransportResource,
  SyncPolicyResource,
  UnifiedCMResource,
  UnityConnectionResource,
} from './model/generated/kinds.js';
export type { Change, CreateChange, DeleteChange, FieldChange, Interruption, UpdateChange } from './model/change.js';
export type {
  Blocker,
  ChangeCause,
  CommitInfo,
  Impact,
  NodePlan,
  NodeRef,
  NodeRole,
  OperatorEdit,
  Plan,
  PlannedChange,
  Traffic,
} from './model/plan.js';
export { isEmptyPlan } from './model/plan.js';
export { problemDefinitions } from './model/problem-codes.js';
export type { ProblemCode } from './model/problem-codes.js';
export type { Problem, ProblemSeverity } from './model/problem.js';
export type { SchemaProblem } from './model/schema-problem.js';
export type { ResourceKey, ResourceOf, Snapshot, SnapshotDocument, SourceRef } from './model/snapshot.js';
export { parseResource, validateResource } from './model/validate.js';
export type { Origin } from './model/validate.js';
export { exitCodes } from './reconciler/exit-codes.js';
export type { ExitCode } from './reconciler/exit-codes.js';
export { planJson, parsePlan } from './reconciler/output/plan-json.js';
export { planMarkdown } from './reconciler/output/plan-markdown.js';
export { planText } from './reconciler/output/plan-text.js';
export { formatProblems } from './reconciler/output/problems.js';
export type { ProblemFormat } from './reconciler/output/problems.js';
export type { Style } from './reconciler/output/style.js';
