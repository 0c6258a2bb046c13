/** Paths of the server of the reconciler. */
export const reconcilerPaths = {
  status: '/v1/status',
  live: '/v1/live',
  ready: '/v1/ready',
  metrics: '/metrics',
  webhook: '/webhook',
} as const;
