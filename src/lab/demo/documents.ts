/** Where the story's documents stand in the repository. */
export const files = {
  access: 'base/access.yaml',
  unifiedCm: 'clusters/lab/unified-cm.yaml',
  allowList: 'clusters/lab/allow-list.yaml',
} as const;

/** The rate control of the story, as an operator would put it on a node by hand. */
export function rateControl(maximumAuthorizationsPerPeriod: number) {
  return {
    apiVersion: 'fairlead.dev/v1',
    kind: 'AuthorizationRateControl',
    metadata: { name: 'default' },
    spec: { maximumAuthorizationsPerPeriod, ratePeriodSeconds: 300 },
  } as const;
}
