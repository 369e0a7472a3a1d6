package main

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
)

// machineMemory is how many bytes this process can have: the machine's, or what its
// container is allowed (cgroup v2, memory.max).
func machineMemory() uint64 {
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) != nil {
		return 0
	}
	all := uint64(info.Totalram) * uint64(info.Unit)
	text, err := os.ReadFile("/sys/fs/cgroup/memory.max")
	if err != nil {
		return all
	}
	if limit, err := strconv.ParseUint(string(bytes.TrimSpace(text)), 10, 64); err == nil && limit > 0 {
		return min(all, limit)
	}
	return all // "max"
}
