package main

import (
	"math"
	"strconv"
	"strings"
)

// maxRate bounds --rps.
const maxRate = 1e6

// maxWorkers bounds --workers: beyond it a server only queues.
const maxWorkers = 1024

// workers reads --workers; 0 is auto: the target knows best.
func workers(s string) (int, error) {
	if s == "auto" || s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > maxWorkers {
		return 0, usage("use a number from 1 to 1024, or auto", "--workers %s is not a number of workers", s)
	}
	return n, nil
}

// maxRejected reads --max-errors: a count, or a share of all records.
func maxRejected(s string) (func(rejected, records int) bool, error) {
	if s == "" {
		return nil, nil
	}
	share, isShare := strings.CutSuffix(s, "%")
	n, err := strconv.ParseFloat(share, 64)
	if err != nil || n < 0 || math.IsInf(n, 0) || math.IsNaN(n) || isShare && n > 100 {
		return nil, usage("use a count (100) or a share (5%)", "--max-errors %s is neither a count nor a share", s)
	}
	if isShare {
		return func(rejected, records int) bool { return float64(rejected)*100 > n*float64(records) }, nil
	}
	return func(rejected, _ int) bool { return float64(rejected) > n }, nil
}

// logins reads --logins.
func logins(s string) (int, error) {
	if s == "all" {
		return math.MaxInt, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0, usage("use a number, or all", "--logins %s is not a number of accounts", s)
	}
	return n, nil
}
