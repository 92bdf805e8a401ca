package program

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// versionTimeout bounds how long a program on PATH may take to say its version.
const versionTimeout = 10 * time.Second

// findInstalled finds a tool that somebody installed on the machine.
func findInstalled(ctx context.Context, tool Tool) (Program, error) {
	r := recipes[tool]
	path, err := exec.LookPath(string(tool))
	if err != nil && r.where != "" {
		path = newestMatch(filepath.Join("/", r.where))
	}
	if !executable(path) {
		return Program{}, fmt.Errorf("%s: %w on PATH", tool, ErrNotFound)
	}
	if path, err = filepath.Abs(path); err != nil {
		return Program{}, fmt.Errorf("find %s: %w", tool, err)
	}
	if r.least == (release{}) {
		return Program{Tool: tool, Path: path}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, versionTimeout)
	defer cancel()
	said, err := exec.CommandContext(ctx, path, "--version").CombinedOutput()
	if err != nil {
		return Program{}, fmt.Errorf("%s: %w on PATH: %s --version: %w", tool, ErrNotFound, path, err)
	}
	got, err := parseRelease(string(said))
	if err != nil {
		return Program{}, fmt.Errorf("%s: %w on PATH: %s --version: %w", tool, ErrNotFound, path, err)
	}
	if got.before(r.least) {
		return Program{}, fmt.Errorf("%s: %w on PATH: %s is %v, but %v or later is needed", tool, ErrNotFound, path, got, r.least)
	}
	return Program{Tool: tool, Path: path}, nil
}

// newestMatch is the match of a glob pattern with the highest numbers in it, so
// that PostgreSQL 17 is taken before 9; empty where nothing matches.
func newestMatch(pattern string) string {
	matches, err := filepath.Glob(pattern)
	if err != nil || len(matches) == 0 {
		return ""
	}
	return slices.MaxFunc(matches, func(a, b string) int { return slices.Compare(numbers(a), numbers(b)) })
}

var digits = regexp.MustCompile(`\d+`)

// numbers are the numbers in a path, in order.
func numbers(path string) []int {
	var all []int
	for _, word := range digits.FindAllString(path, -1) {
		n, err := strconv.Atoi(word)
		if err != nil {
			n = math.MaxInt
		}
		all = append(all, n)
	}
	return all
}

// release is a program's version: major, minor, patch.
type release [3]int

// String writes a release as 3.16.0.
func (r release) String() string { return fmt.Sprintf("%d.%d.%d", r[0], r[1], r[2]) }

func (r release) before(other release) bool { return slices.Compare(r[:], other[:]) < 0 }

// parseRelease reads what Prometheus and its kin print for --version:
// "prometheus, version 3.5.0 (branch: …". Of a pre-release it reads the release
// it leads to.
func parseRelease(said string) (release, error) {
	_, rest, found := strings.Cut(said, ", version ")
	if !found {
		return release{}, errors.New("says no version")
	}
	var r release
	word, _, _ := strings.Cut(rest, " ")
	if n, err := fmt.Sscanf(word, "%d.%d.%d", &r[0], &r[1], &r[2]); n < 2 {
		return release{}, fmt.Errorf("version %.20q: %w", word, err)
	}
	return r, nil
}
