// Feeds @supabase/stripe-sync-engine: FOLDER (of its node_modules) URL FILE SECRET AT_ONCE
// Prints one line of JSON: {"events", "seconds", "rows", "cpu"}.

import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'

const [folder, url, file, secret, atOnce] = process.argv.slice(2)
const { StripeSync, runMigrations } = createRequire(`${folder}/package.json`)(
  '@supabase/stripe-sync-engine',
)

await runMigrations({ databaseUrl: url, schema: 'stripe' })
const engine = new StripeSync({
  poolConfig: { connectionString: url },
  stripeSecretKey: 'sk_test_of_nobody',
  stripeWebhookSecret: secret,
})
const deliveries = readFileSync(file, 'utf8').trimEnd().split('\n').map(JSON.parse)
await engine.postgresClient.query('select 1 from stripe.subscriptions', [])

let next = 0
async function feed() {
  while (next < deliveries.length) {
    const { body, header } = deliveries[next++]
    await engine.processWebhook(body, header)
  }
}

const before = process.cpuUsage()
const started = performance.now()
await Promise.all(Array.from({ length: Number(atOnce) }, feed))
const seconds = (performance.now() - started) / 1000
const used = process.cpuUsage(before)
const { rows } = await engine.postgresClient.query(
  'select count(*)::int as found from stripe.subscriptions',
  [],
)
const cpu = (used.user + used.system) / 1e6
console.log(JSON.stringify({ events: deliveries.length, seconds, rows: rows[0].found, cpu }))
await engine.close()
