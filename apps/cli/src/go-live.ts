import type { Settings } from '#config';
import { audit } from '#database';
import { isLocalDate, systemPrincipal } from '#kernel';
import { openPlatform } from '#platform';
import { UsageError } from './commands.js';
import { optionsOf, required } from './options.js';

/** The switch: from which day a service may send, and how many a day at most. Until then imported history sends nothing. */
export async function goLive(args: string[], settings: Settings): Promise<number> {
  const o = optionsOf(args, {
    tenant: { type: 'string' },
    service: { type: 'string' },
    provider: { type: 'string' },
    on: { type: 'string' },
    cap: { type: 'string' },
    stop: { type: 'boolean' },
  });
  const cap = o.cap === undefined ? null : Number(o.cap);
  if (cap !== null && !(Number.isInteger(cap) && cap >= 0)) throw new UsageError('--cap must be a whole number');
  if (o.on !== undefined && !isLocalDate(o.on)) throw new UsageError('--on must be a day, YYYY-MM-DD');
  const platform = await openPlatform(settings, 'meanwhile-cli', console.log);
  try {
    const [tenant, service, provider] = [required(o.tenant, 'tenant'), required(o.service, 'service'), required(o.provider, 'provider')];
    const from = o.stop ? null : (o.on ?? platform.clock.today());
    const changed = await platform.database.inTenant(systemPrincipal(tenant, 'go-live'), async (tx) => {
      const n = await tx.execute(
        `update service set live_from = $4, daily_cap = coalesce($5, daily_cap) where tenant = $1 and line = $2 and provider = $3`,
        [tx.tenant, service, provider, from, cap],
      );
      await audit(tx, platform.clock.now(), {
        action: 'service-live-from',
        purpose: 'configuration',
        detail: { service, provider, from, cap },
      });
      return n;
    });
    if (changed === 0) throw new UsageError(`${tenant} has no service ${service} at ${provider}`);
    console.log(from === null ? `${service} at ${provider} sends nothing.` : `${service} at ${provider} sends from ${from} on.`);
    if (from !== null) platform.queues.ringSoon('check-ins', tenant);
    return 0;
  } finally {
    await platform.close();
  }
}
