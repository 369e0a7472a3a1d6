package main

import (
	"context"
	"errors"

	"rehome/sink/appwrite"
	"rehome/sink/rehearsal"
	"rehome/verifiers"
)

// openRehearsal starts an Appwrite of our own on loopback, in this process and
// in memory: a target for practice, which is gone with the verb.
func openRehearsal(ctx context.Context, config appwrite.Config, memory *verifiers.Memory) (*target, error) {
	server, err := rehearsal.New(rehearsal.Config{Verify: memory.Verify, Hold: memory.Hold, Profile: rehearsal.Profile(config.Profile)})
	if err != nil {
		return nil, usage("", "%s", err)
	}
	listener, err := rehearsal.Listen("127.0.0.1:0", server)
	if err != nil {
		return nil, err
	}
	config.Endpoint, config.Project, config.Key = listener.Endpoint(), server.Project(), server.Key()
	s, err := appwrite.New(config)
	if err != nil {
		return nil, errors.Join(usage("", "%s", err), listener.Close())
	}
	info, err := s.Preflight(ctx)
	if err != nil {
		return nil, errors.Join(err, s.Close(), listener.Close())
	}
	return &target{
		sink: s, name: "rehearsal (appwrite " + info.Version + ", in memory)", identity: "rehearsal " + server.Project(),
		rules:   "appwrite " + string(info.Profile),
		workers: s.Workers(), close: func() error { return errors.Join(s.Close(), listener.Close()) },
	}, nil
}
