import { Link } from '@tanstack/react-router'
import { Tabs } from 'radix-ui'
import { CopyButton } from '../../design/CopyButton'
import type { Database } from '../../layout/database'
import { shellWith } from '../../layout/paths'

/** What changes in an application for it to use this database, by driver. */
export function Connect({ place }: { place: Database }) {
  const ways = snippets(location)
  return (
    <section className="panel">
      <Tabs.Root defaultValue={ways[0]?.name}>
        <header className="panel-head">
          <h2>Connect</h2>
          <Tabs.List className="home-tabs" aria-label="Driver">
            {ways.map(({ name }) => (
              <Tabs.Trigger key={name} value={name} className="home-tab">
                {name}
              </Tabs.Trigger>
            ))}
          </Tabs.List>
        </header>
        {ways.map(({ name, text }) => (
          <Tabs.Content key={name} value={name} className="home-snippet">
            <pre>{text}</pre>
            <CopyButton text={text} label="Copy" />
          </Tabs.Content>
        ))}
      </Tabs.Root>
      <p className="home-connect-note">
        The secret is a key’s. <Link {...shellWith(place.names, 'CreateKey({role: "server"})')}>Make a key for {place.names.length > 0 ? place.label : 'the top level'}</Link> in
        the shell; its secret is shown once.
      </p>
    </section>
  )
}

function snippets({ protocol, hostname, port, origin }: Location): { name: string; text: string }[] {
  const scheme = protocol.replace(':', '')
  const number = port || (scheme === 'https' ? '443' : '80')
  return [
    { name: 'JavaScript', text: `const client = new faunadb.Client({\n  secret: 'YOUR_SECRET',\n  domain: '${hostname}',\n  port: ${number},\n  scheme: '${scheme}',\n})` },
    { name: 'Python', text: `client = FaunaClient(\n    secret="YOUR_SECRET",\n    domain="${hostname}",\n    port=${number},\n    scheme="${scheme}",\n)` },
    { name: 'Go', text: `client := f.NewFaunaClient(\n\t"YOUR_SECRET",\n\tf.Endpoint("${origin}"),\n)` },
    { name: 'Terminal', text: `seriatim shell --endpoint ${origin} --secret YOUR_SECRET` },
  ]
}
