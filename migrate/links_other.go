//go:build !unix

package migrate

import "io/fs"

// links is how many names a file has, where the system does not say it with the rest.
func links(fs.FileInfo) int { return 1 }
