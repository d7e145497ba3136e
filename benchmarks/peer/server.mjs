// The peer on loopback, on a free port that it prints: what bench_peers.py measures against.
import { CommercetoolsMock } from '@labdigital/commercetools-mock'

const mock = new CommercetoolsMock({ enableAuthentication: false, defaultProjectKey: 'peak-retail' })
await mock.app.listen({ port: 0, host: '127.0.0.1' })
console.log(mock.app.server.address().port)
process.stdin.resume()
process.stdin.on('end', () => process.exit(0))
