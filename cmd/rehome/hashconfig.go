package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"rehome/identity"
	"rehome/importers"
)

// hashConfig reads Firebase's project parameters: the console's block, or
// firebase auth:import's flags.
func hashConfig(c *cli.Context) (importers.HashConfig, error) {
	if path := c.String("hash-config"); path != "" {
		block, err := readSetting(c.Context, "--hash-config "+path, path)
		if err != nil {
			return importers.HashConfig{}, err
		}
		config, err := importers.ParseHashConfig(block)
		if err != nil {
			return config, usage("paste the whole block of the Firebase console: Authentication, Users, ⋮, Password hash parameters", "--hash-config %s: %s", path, err)
		}
		return config, nil
	}
	key, err := secretFlag(c, "hash-key", "REHOME_HASH_KEY")
	if err != nil || key == "" {
		return importers.HashConfig{}, err
	}
	separator, err := secretFlag(c, "salt-separator", "REHOME_SALT_SEPARATOR")
	if err != nil {
		return importers.HashConfig{}, err
	}
	if algo := c.String("hash-algo"); algo != "" && !strings.EqualFold(algo, "SCRYPT") && algo != string(identity.ScryptFirebase) {
		return importers.HashConfig{}, usage("Firebase's own hashes are SCRYPT", "--hash-algo %s does not go with --hash-key", algo)
	}
	config := importers.HashConfig{SignerKey: key, SaltSeparator: separator, Rounds: c.Int("rounds"), MemCost: c.Int("mem-cost")}
	if err := config.Validate(); err != nil {
		return config, usage("or give the console's block with --hash-config", "%s", err)
	}
	return config, nil
}

// secretFlag reads a secret from a file (@FILE) or its variable. A literal on the
// command line would stand in the process list and the shell's history.
func secretFlag(c *cli.Context, name, env string) (identity.Secret, error) {
	value := c.String(name)
	if value == "" {
		return "", nil
	}
	if path, ok := strings.CutPrefix(value, "@"); ok {
		text, err := readSetting(c.Context, "--"+name+" "+value, path)
		if err != nil {
			return "", err
		}
		return identity.Secret(strings.TrimSpace(string(text))), nil
	}
	if value == os.Getenv(env) {
		return identity.Secret(strings.TrimSpace(value)), nil
	}
	return "", usage(fmt.Sprintf("use --hash-config FILE, or --%s @FILE", name), "--%s takes no literal: it would show in the process list", name)
}
