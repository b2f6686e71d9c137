import type { Settings } from '#config';
import type { Database } from '#database';
import type { Clock } from '#kernel';
import { SandboxSender } from './sandbox-sender.js';
import type { MessageSender } from './sender.js';
import { SmtpSender } from './smtp-sender.js';

/** The sender the settings ask for. A further one is one class and one case. */
export function chooseSender(settings: Settings, database: Database, clock: Clock): MessageSender {
  if (settings.sender === 'sandbox') return new SandboxSender(database, clock);
  if (settings.smtpUrl === null) throw new Error('MESSAGE_SENDER=smtp needs SMTP_URL');
  return new SmtpSender({ url: settings.smtpUrl, from: settings.smtpFrom });
}
