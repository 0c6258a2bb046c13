import { resolve } from 'node:path';
import type { Command } from 'commander';
import { addEstateSize } from '../estate-size.js';
import type { EstateSizeOptions } from '../estate-size.js';
import { printJson } from '../io.js';
import type { Io } from '../io.js';
import { outputOption } from '../options.js';
import type { OutputOptions } from '../options.js';
import { teach } from '../teaching.js';

async function runCertificates(io: Io, path: string, options: EstateSizeOptions & OutputOptions): Promise<void> {
  const { writeLabCertificates } = await import('../../lab/certificates/lab-certificates.js');
  const { estateCertificates } = await import('../../lab/estate/estate-certificates.js');
  const directory = resolve(io.cwd, path);
  const { authority } = await writeLabCertificates(directory, estateCertificates(options), io.clock);
  if (options.output === 'json') printJson(io, { directory, authority });
  else io.out(`wrote development certificates to ${directory}\ntrust only for a try: ${authority.certFile}\n`);
}

export function addLabCertificates(lab: Command, io: Io): void {
  const command = lab
    .command('certs')
    .description('make a development CA, and certificates and keys for the nodes of a lab')
    .argument('<directory>', 'where they are written; what is still good is kept')
    .addOption(outputOption())
    .action((path: string, options: EstateSizeOptions & OutputOptions) => runCertificates(io, path, options));
  addEstateSize(command);
  teach(command, {
    text: `The private key of the CA lies beside its certificate: use it for nothing but a
try. Running it again renews what ends within 30 days and adds what is missing.`,
    examples: [
      ['fairlead lab certs ./certificates', 'one edge, one core, two UC servers'],
      ['fairlead lab certs ./certificates --cores 2', 'for two cores'],
    ],
  });
}
