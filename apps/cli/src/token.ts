import { readSecrets, type Settings } from '#config';
import { ODS_CODE, ROLES, type Role } from '#kernel';
import { developmentToken } from '../../api/src/auth/development-token.js';
import { UsageError } from './commands.js';
import { optionsOf, required } from './options.js';

/** Prints a development token, and nothing else. */
export async function token(args: string[], settings: Settings): Promise<number> {
  if (settings.production) throw new UsageError('Development tokens are refused in production: sign in at the issuer (OIDC_ISSUER).');
  const o = optionsOf(args, {
    roles: { type: 'string' },
    tenant: { type: 'string' },
    org: { type: 'string' },
    name: { type: 'string' },
    hours: { type: 'string' },
  });
  const roles = required(o.roles, 'roles').split(',');
  const unknown = roles.filter((r) => !(ROLES as readonly string[]).includes(r));
  if (unknown.length > 0) throw new UsageError(`--roles: ${unknown.join(', ')} unknown; there are ${ROLES.join(', ')}`);
  const org = required(o.org, 'org');
  if (!ODS_CODE.test(org)) throw new UsageError('--org must be an ODS code such as ZZ999');
  const principal = {
    subject: `dev:${org}:${roles.join('+')}`,
    name: o.name ?? `${roles[0]} at ${org}`,
    tenant: required(o.tenant, 'tenant'),
    org,
    roles: roles as Role[],
  };
  process.stdout.write(`${await developmentToken(readSecrets(settings), principal, Number(o.hours ?? 12))}\n`);
  return 0;
}
