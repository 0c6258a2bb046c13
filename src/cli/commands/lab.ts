import type { Command } from 'commander';
import type { Io } from '../io.js';
import { teach } from '../teaching.js';
import { addLabCertificates } from './lab-certs.js';
import { addLabEstate } from './lab-estate.js';
import { addLabUnifiedCm } from './lab-uc.js';

export function addLab(program: Command, io: Io): void {
  const lab = program.command('lab').description('stand-ins to try things out on one machine; never for real traffic');
  for (const add of [addLabCertificates, addLabUnifiedCm, addLabEstate]) add(lab, io);
  teach(lab, {
    text: 'Everything it makes says that it is a stand-in wherever it shows.',
    examples: [
      ['fairlead lab estate ./estate', 'edge, core, UC servers, repository and reconciler'],
      ['fairlead lab certs ./certificates', 'a development CA with certificates and keys'],
      ['fairlead lab uc --config lab-uc.json', 'a stand-in Unified CM cluster'],
    ],
  });
}
