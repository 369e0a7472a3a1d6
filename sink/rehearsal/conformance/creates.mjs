// Creates users with node-appwrite, for the benchmark of what a client costs.
// Usage: node creates.mjs USERS WORKERS; the server is named by APPWRITE_….
import * as sdk from 'appwrite-now'

const [wanted, workers] = process.argv.slice(2).map(Number)
const client = new sdk.Client()
  .setEndpoint(process.env.APPWRITE_ENDPOINT)
  .setProject(process.env.APPWRITE_PROJECT_ID)
  .setKey(process.env.APPWRITE_API_KEY)
const users = new sdk.Users(client)
const hash = '$2y$10$abcdefghijklmnopqrstuuV28mRDqpoUvpDyFxe3SuxrUocNVxPKW'
let next = 0

async function work() {
  for (let n = ++next; n <= wanted; n = ++next) {
    const made = await users.createBcryptUser({ userId: `node-${n}`, email: `node-${n}@example.com`, password: hash, name: `User Number ${n}` })
    if (made.$id !== `node-${n}`) throw new Error(`user ${n} came back as ${made.$id}`)
  }
}

await Promise.all(Array.from({ length: workers }, work))
