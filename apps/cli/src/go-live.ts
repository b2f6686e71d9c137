import type { Settings } from '#config';
import { GoingLive } from '#check-ins';
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
    const [tenant, line, provider] = [required(o.tenant, 'tenant'), required(o.service, 'service'), required(o.provider, 'provider')];
    const from = o.stop ? null : (o.on ?? platform.clock.today());
    const { owed, daysToFirstMessages } = await new GoingLive(platform.database, platform.clock).switchOn(
      systemPrincipal(tenant, 'go-live'),
      {
        line,
        provider,
        from,
        dailyCap: Number(o.cap ?? 100),
      },
    );
    if (from === null) {
      console.log(`${line} at ${provider} sends nothing.`);
      return 0;
    }
    const days = daysToFirstMessages === null ? 'the cap allows none' : `${daysToFirstMessages} days to reach them all`;
    console.log(`${line} at ${provider} sends from ${from} on: ${owed} families are owed a check-in, ${days}.`);
    await platform.queues.ring('check-ins', tenant);
    return 0;
  } finally {
    await platform.close();
  }
}
