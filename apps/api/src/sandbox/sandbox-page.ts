import { londonDay, londonTime } from '#kernel';
import nunjucks from 'nunjucks';
import type { SandboxMessage } from './sandbox-messages.js';

const environment = new nunjucks.Environment(null, { autoescape: true });

const PAGE = `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Sandbox: messages sent</title>
    <link rel="stylesheet" href="/family-page/nhsuk-frontend.css">
  </head>
  <body>
    <div class="nhsuk-width-container">
      <main class="nhsuk-main-wrapper" id="main">
        <h1>Messages sent to the sandbox</h1>
        <p>They reached nobody. Open a link to answer as the family; the page asks for the date of birth shown with it. The latest come first.</p>
        {% for m in items %}
        <div class="nhsuk-card">
          <div class="nhsuk-card__content">
            <h2 class="nhsuk-heading-s">{{ 'Text' if m.channel == 'sms' else 'Email' }} to {{ m.recipient }}, {{ m.when }} ({{ m.tenant }})</h2>
            {% if m.subject %}<p><strong>{{ m.subject }}</strong></p>{% endif %}
            <p style="white-space: pre-wrap; overflow-wrap: anywhere">{{ m.before }}{% if m.link %}<a href="{{ m.path }}">{{ m.link }}</a>{% endif %}{{ m.after }}</p>
            {% if m.birthDate %}<p class="nhsuk-body-s">Date of birth to give: {{ m.birthDate }}</p>{% endif %}
          </div>
        </div>
        {% else %}<p>Nothing has been sent yet.</p>{% endfor %}
      </main>
    </div>
  </body>
</html>`;

/** The sandbox as a page. Links lead to this server, wherever PUBLIC_URL points. */
export function sandboxPage(items: readonly SandboxMessage[]): string {
  const shown = items.map((m) => {
    const [before, after] = m.link ? m.body.split(m.link) : [m.body, ''];
    return { ...m, before, after, path: m.link?.slice(m.link.indexOf('/c/')), when: `${londonDay(m.sentAt)} ${londonTime(m.sentAt)}` };
  });
  return environment.renderString(PAGE, { items: shown });
}
