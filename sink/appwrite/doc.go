// Package appwrite lands users in a project of Appwrite 1.5 or later, through
// its Users API and an API key.
//
// One user is one to eight requests, strictly one after another: a create on the
// endpoint of the hash, then whatever the create could not say. Everything the
// package knows of the server is from Appwrite's source (appwrite/appwrite
// branches 1.5.x and 1.9.x, utopia-php/auth) and from recordings of a real
// 1.5.11 and a real 1.9.6 (fixtures/exchanges).
//
// What it refuses: to send a hash that the server would store and never verify;
// to repeat a create whose answer was lost before looking whether it was done; to
// touch a user who was there before; to follow a redirect; to speak plain http to
// anything but this machine; to name a key, a hash or a request's body in an
// error. It never overwrites, and deletes only users it created: its own throw-away
// users, and in Remove those that are unchanged since they were found. It raises no
// trust: no address becomes verified that the source did not call so.
package appwrite
