import { signInPath } from '../client/target-path.js';
import type { Estate } from '../estate/estate.js';

/** What a person can do with the estate once the story is told. */
export function whatToTry({ paths, layout }: Estate, program: string): string {
  const [edge] = layout.edges;
  return `
Everything goes on running; Ctrl-C ends it. In another terminal:

  cd ${paths.repository}
  edit base/access.yaml, git commit -a     within a few seconds the nodes follow
  ${program} status --config ${paths.reconcilerConfig}
  ${program} plan --config ${paths.reconcilerConfig}
  ${program} validate .
  curl --cacert ${paths.certificates.authority.certFile} --resolve ${edge?.host ?? ''}:${edge?.accessPort ?? 0}:127.0.0.1 \\
    -u ada:engine https://${edge?.host ?? ''}:${edge?.accessPort ?? 0}${signInPath(layout.domain).split('?')[0] ?? ''}

Logs of every process: ${paths.logs}
`;
}
