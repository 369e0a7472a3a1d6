//go:build mariadb

package importers

import (
	"strings"
	"testing"
)

// What is said of each dump of changeCases is what a server makes of it.
func TestMariaDBChanges(t *testing.T) {
	db := startMariaDB(t)
	for _, c := range changeCases() {
		if c.mysql {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			db.t = t
			db.query("DROP DATABASE IF EXISTS changes; CREATE DATABASE changes; USE changes;\n" + changeDump(c.statements))
			if strings.HasPrefix(c.want, "!") {
				return // but the server takes it
			}
			users := strings.Fields(db.query("USE changes; SELECT CONCAT(ID, user_login) FROM wp_users ORDER BY ID"))
			if got := strings.Join(users, " "); got != c.want {
				t.Errorf("the server holds %q, not %q", got, c.want)
			}
		})
	}
}
