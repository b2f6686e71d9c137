import type { Platform } from '#platform';
import { systemPrincipal } from '#kernel';
import { staleness } from '#waits';
import { createServer, type Server } from 'node:http';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** Figures for monitoring, on a port of their own that only the inside reaches. Read when asked; nothing of a child. */
export async function serveMetrics(platform: Platform, port: number): Promise<Server> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, labels: string[]): Gauge =>
    new Gauge({ name, help, labelNames: labels, registers: [registry] });
  const jobs = gauge('meanwhile_queue_jobs', 'Jobs waiting or running', ['queue']);
  const stale = gauge('meanwhile_pathways_not_computed', 'Pathways whose waits are not computed yet', ['tenant']);
  const oldest = gauge('meanwhile_oldest_not_computed_seconds', 'Age of the oldest of them', ['tenant']);
  const due = gauge('meanwhile_check_ins_oldest_due_days', 'Days since the oldest check-in that is due and not sent fell due', ['tenant']);

  const read = async (): Promise<void> => {
    for (const [queue, n] of Object.entries(await platform.queues.depth())) jobs.set({ queue }, n);
    for (const tenant of await platform.database.tenants()) {
      await platform.database.inTenant(systemPrincipal(tenant, 'metrics'), async (tx) => {
        const s = await staleness(tx);
        stale.set({ tenant }, s.notYetComputed);
        oldest.set({ tenant }, s.oldest ? (platform.clock.now().getTime() - s.oldest.getTime()) / 1000 : 0);
        const row = await tx.one<{ days: number | null }>(
          `select $2::date - min(due_on) as days from check_in where tenant = $1 and state = 'due'`,
          [tx.tenant, platform.clock.today()],
        );
        due.set({ tenant }, row?.days ?? 0);
      });
    }
  };
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') return void response.writeHead(404).end();
    read()
      .then(() => registry.metrics())
      .then((text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text))
      .catch(() => response.writeHead(503).end());
  });
  await new Promise<void>((resolve) => server.listen(port, resolve));
  return server;
}
