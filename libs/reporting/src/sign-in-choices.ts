import type { Database } from '#database';
import { systemPrincipal } from '#kernel';

export interface TenantChoice {
  key: string;
  name: string;
  icb: string;
  providers: { code: string; name: string; lines: string[] }[];
}

/** Tenants and their providers, for the development-only choice of a role. Reads no child. */
export async function tenantsAndProviders(database: Database): Promise<TenantChoice[]> {
  const choices: TenantChoice[] = [];
  for (const key of await database.tenants()) {
    const found = await database.inTenant(systemPrincipal(key, 'sign-in'), (tx) =>
      tx.one<TenantChoice>(
        `select t.key, t.name, coalesce(t.icb_ods_codes[1], 'ICB') as icb, coalesce((
           select json_agg(json_build_object('code', o.code, 'name', o.name, 'lines', s.lines) order by o.code)
             from (select provider, array_agg(line order by line) as lines from service where tenant = $1 group by provider) s
             join organisation o on o.code = s.provider), '[]') as providers
           from tenant t where t.key = $1`,
        [key],
      ),
    );
    if (found) choices.push(found);
  }
  return choices;
}
