import type { FairleadError } from '../../errors.js';
import { jsonText } from '../../reconciler/output/json-text.js';
import type { OnceResult } from '../../reconciler/once.js';
import { errorOf } from '../../reconciler/pass-outcome.js';
import type { PassOutcome } from '../../reconciler/pass-outcome.js';

function errorView({ code, message, mend, details }: FairleadError) {
  return { code, message, mend, details };
}

function clusterView(cluster: string, outcome: PassOutcome) {
  const error = errorOf(outcome);
  return {
    cluster,
    state: outcome.state,
    ...('findings' in outcome ? { plan: outcome.findings.plan } : {}),
    ...('nodes' in outcome ? { nodes: outcome.nodes } : {}),
    ...('problems' in outcome ? { problems: outcome.problems } : {}),
    ...(error === undefined ? {} : { error: errorView(error) }),
  };
}

/** What came of every cluster as one JSON document, version 1. */
export function outcomesJson({ reading, outcomes }: OnceResult): string {
  const clusters = [...outcomes].map(([cluster, outcome]) => clusterView(cluster, outcome));
  return jsonText({ version: 1, commit: reading.commit, clusters });
}
