export const ROLES = ['provider-admin', 'clinician', 'service-lead', 'icb-manager', 'commissioner', 'admin'] as const;
export type Role = (typeof ROLES)[number];

const PROVIDER_ROLES: readonly Role[] = ['provider-admin', 'clinician', 'service-lead'];

/** Who is asking: from a token, or `system` for work nobody asked for. A tenant is an opaque key, an org an ODS code (`*` for the system itself). */
export interface Principal {
  subject: string;
  name: string;
  tenant: string;
  org: string;
  roles: readonly (Role | 'system')[];
}

/** Background work in one tenant. It may read identity (audited), and no request can become it: tokens never carry this role. */
export const systemPrincipal = (tenant: string, job: string): Principal => ({
  subject: `system:${job}`,
  name: job,
  tenant,
  org: '*',
  roles: ['system'],
});

export const isProvider = (p: Principal): boolean => p.roles.some((r) => (PROVIDER_ROLES as readonly string[]).includes(r));
export const hasRole = (p: Principal, role: Role): boolean => p.roles.includes(role);
export const isSystem = (p: Principal): boolean => p.roles.includes('system');
