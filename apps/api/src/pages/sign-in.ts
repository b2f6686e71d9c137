import type { Principal, Role } from '#kernel';
import type { TenantChoice } from '#reporting';

/** Somebody one may try to be. `value` is what the form sends. */
export interface SignInChoice {
  value: string;
  label: string;
  hint: string;
  principal: Principal;
}

const someone = (tenant: string, org: string, as: string, label: string, hint: string, roles: readonly Role[]): SignInChoice => ({
  value: `${tenant}.${org}.${as}`,
  label,
  hint,
  principal: { subject: `development:${tenant}.${org}.${as}`, name: label, tenant, org, roles },
});

/** Whom one may try to be in a tenant: its manager, its commissioner, and staff of every provider that has a service in it. */
export function choicesIn({ key, icb, providers }: TenantChoice): SignInChoice[] {
  return [
    someone(key, icb, 'icb-manager', 'ICB service manager', 'every list, exact figures, no child', ['icb-manager']),
    someone(key, icb, 'commissioner', 'Commissioner', 'every list, figures safe to publish, no child', ['commissioner']),
    ...providers.map((p) =>
      someone(key, p.code, 'clinician', `Clinician and administrator at ${p.name}`, `${p.code}: its own lists and children`, [
        'clinician',
        'provider-admin',
      ]),
    ),
  ];
}

/** Where to go after signing in: one of our pages, whatever was asked. */
export function safeNext(next: unknown): string {
  return typeof next === 'string' && /^\/(today|data-quality|referrals\/[0-9a-f-]{36})?$/.test(next) ? next : '/';
}
