// Drives every endpoint of the rehearsal server through a client that nobody here
// wrote. Usage: node client.mjs PACKAGE; the server is named by APPWRITE_….
// It prints each step that went otherwise than Appwrite would have it, and fails.
const sdk = await import(process.argv[2])
const { Client, Users, Account, Query, ID } = sdk.default ?? sdk
const old = process.argv[2] === 'appwrite-then'

const client = () => new Client().setEndpoint(process.env.APPWRITE_ENDPOINT).setProject(process.env.APPWRITE_PROJECT_ID)
const keyed = () => client().setKey(process.env.APPWRITE_API_KEY)
const users = new Users(keyed())
let passed = 0
let failed = 0

// step makes a call; wanted is the error type it has to end with, if any.
async function step(name, call, wanted) {
  try {
    const answer = await call()
    if (wanted) throw new Error('not refused')
    passed++
    return answer
  } catch (e) {
    if (wanted && e.type === wanted) return void passed++
    failed++
    console.log(`${name}: ${e.code ?? ''} ${e.type ?? ''} ${e.message}`)
  }
}

// expect checks something about an answer.
function expect(name, holds) {
  if (holds) return void passed++
  failed++
  console.log(`${name}: not as Appwrite answers`)
}

// any takes the first method that this version of the client has: names changed.
const any = (...names) => users[names.find((n) => users[n])].bind(users)

const scrypt = '2fc74f3882ec9ce0b82fc6335e8380ee964acf377493a67fe741530d57e9987aa709548ba8e2c7e2203ef8ae3043f21dfcf4f8b603a4706252e2edb6b6905a60'
const firebase = {
  hash: '7AAKKqvnq2X35k9x2T9SotcEGjpmVfj+jtov7YoPaIc4VCBf7IfyzDWdBjL7aC3tXR7NpZ5YFuI+l+PNv37bmA==',
  salt: 'MDEyMzQ1Njc4OWFiY2RlZg==',
  separator: 'G50=',
  key: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==',
}

// Every way to create a user.
await step('create', () => users.create('plain', 'plain@example.com', '+15550000001', 'password1', 'Plain'))
await step('argon2', () => users.createArgon2User('a', 'a@example.com', '$argon2id$v=19$m=4096,t=3,p=1$c29tZXNhbHQxMjM0NTY3OA$PNT5OuQ4KkEyv6kKkYCMfKcUn4b39r7av+LkvcM+5Fs', 'A'))
await step('bcrypt', () => users.createBcryptUser('b', 'b@example.com', '$2y$08$abcdefghijklmnopqrstuuV28mRDqpoUvpDyFxe3SuxrUocNVxPKW'))
await step('md5', () => users.createMD5User(ID.unique(), 'm@example.com', '7c6a180b36896a0a8c02787eeafb0e4c'))
await step('phpass', () => users.createPHPassUser('p', 'p@example.com', '$P$BabcdefghV.Xb1oATaXrEOBNin/A1u.'))
await step('sha', () => users.createSHAUser('s', 's@example.com', '0b14d501a594442a01c6859541bcb3e8164d183d32937b851835442f69d5c94e', 'sha256'))
await step('scrypt', () => users.createScryptUser('sc', 'sc@example.com', scrypt, 'salt1234', 16384, 8, 1, 64))
await step('scrypt-modified', () => users.createScryptModifiedUser('sm', 'sm@example.com', firebase.hash, firebase.salt, firebase.separator, firebase.key))
await step('the same id again', () => users.create('plain'), 'user_already_exists')

// Lists and reads.
const page = await step('list', () => users.list([Query.limit(3), Query.orderDesc('$createdAt'), Query.notEqual('email', 'x')], 'example'))
expect('a page of three out of eight', page?.users?.length === 3 && page.total === 8)
await step('list with or, cursor, null and between', () => users.list([
  Query.or([Query.equal('email', ['a@example.com']), Query.startsWith('name', 'Pl')]),
  Query.cursorAfter('plain'), Query.isNull('phone'), Query.between('$createdAt', '2020-01-01', '2099-01-01'),
]))
await step('get', () => users.get('a'))
await step('get nobody', () => users.get('nobody'), 'user_not_found')

// Changes.
await step('name', () => users.updateName('a', 'New'))
await step('email', () => users.updateEmail('a', 'a2@example.com'))
await step('phone', () => users.updatePhone('a', '+15550000009'))
await step('password of nobody', () => users.updatePassword('nobody', 'password2'), 'user_not_found')
await step('password', () => users.updatePassword('b', 'password2'))
await step('status', () => users.updateStatus('a', true))
await step('e-mail verification', () => users.updateEmailVerification('a', true))
await step('phone verification', () => users.updatePhoneVerification('a', true))
await step('labels', () => users.updateLabels('a', ['vip']))
await step('prefs', () => users.updatePrefs('a', { theme: 'dark', n: 1 }))
expect('prefs as written', (await step('get prefs', () => users.getPrefs('a')))?.theme === 'dark')

// Second factors.
await step('mfa', () => any('updateMFA', 'updateMfa')('a', false))
await step('factors', () => any('listMFAFactors', 'listMfaFactors', 'listFactors')('a'))
await step('recovery codes', () => any('createMFARecoveryCodes', 'createMfaRecoveryCodes')('a'))
await step('recovery codes read', () => any('getMFARecoveryCodes', 'getMfaRecoveryCodes')('a'))
await step('recovery codes renewed', () => any('updateMFARecoveryCodes', 'updateMfaRecoveryCodes')('a'))
await step('no authenticator', () => any('deleteMFAAuthenticator', 'deleteMfaAuthenticator')('a', 'totp'), 'user_authenticator_not_found')

// Sessions, tokens, identities, logs, memberships, targets.
await step('session', () => users.createSession('a'))
await step('sessions', () => users.listSessions('a'))
await step('token', () => users.createToken('a', 8, 60))
if (!old) await step('jwt', () => users.createJWT('a'))
await step('identities', () => users.listIdentities())
await step('no identity', () => users.deleteIdentity('x'), 'user_identity_not_found')
await step('logs', () => users.listLogs('a'))
await step('memberships', () => users.listMemberships('a'))
await step('target', () => users.createTarget('a', 't1', 'email', 't@example.com'))
await step('targets', () => users.listTargets('a', [Query.equal('providerType', ['email'])]))
await step('target read', () => users.getTarget('a', 't1'))
await step('target changed', () => users.updateTarget('a', 't1', 't2@example.com', undefined, 'T'))
await step('target gone', () => users.deleteTarget('a', 't1'))

// What a migrated person does first.
const session = await step('login', () => new Account(keyed()).createEmailPasswordSession('plain@example.com', 'password1'))
const me = new Account(client().setSession(session?.secret ?? ''))
expect('who am I', (await step('account', () => me.get()))?.email === 'plain@example.com')
await step('own prefs', () => me.updatePrefs({ a: 1 }))
await step('own sessions', () => me.listSessions())
await step('log out', () => me.deleteSession('current'))
const guest = new Account(client())
await step('sign up', () => guest.create('me', 'me@example.com', 'password1', 'Me'))
const token = await step('token for a login', () => users.createToken('me'))
await step('login by token', () => guest.createSession('me', token.secret))

// And the end.
await step('sessions gone', () => users.deleteSessions('a'))
await step('delete', () => users.delete('a'))
await step('delete again', () => users.delete('a'), 'user_not_found')

console.log(`${process.argv[2]}: ${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
